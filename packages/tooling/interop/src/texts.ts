// Texts to compare tokenizers on: by seed in many scripts, and such as tokenizers have been seen to stumble over.

import { Random } from "@llm/random";

/** Ranges of code points that belong together, each to be mixed with any other. */
const scripts: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  lower: [[0x61, 0x7a]],
  upper: [[0x41, 0x5a]],
  digits: [[0x30, 0x39]],
  signs: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  blanks: [[0x20, 0x20]],
  whiteSpace: [
    [0x09, 0x0d],
    [0x20, 0x20],
    [0xa0, 0xa0],
    [0x2000, 0x200a],
    [0x3000, 0x3000],
  ],
  latin: [
    [0xa1, 0xac],
    [0xae, 0x24f],
  ],
  greek: [
    [0x391, 0x3a1],
    [0x3a3, 0x3ce],
  ],
  cyrillic: [[0x400, 0x45f]],
  hebrew: [[0x5d0, 0x5ea]],
  arabic: [
    [0x621, 0x64a],
    [0x660, 0x669],
  ],
  devanagari: [
    [0x904, 0x94d],
    [0x966, 0x96f],
  ],
  thai: [
    [0xe01, 0xe3a],
    [0xe40, 0xe4e],
  ],
  hangul: [[0xac00, 0xd7a3]],
  kana: [
    [0x3041, 0x3096],
    [0x30a1, 0x30fa],
    [0xff66, 0xff9d],
  ],
  ideographs: [
    [0x4e00, 0x9fa5],
    [0x20000, 0x2a6d6],
  ],
  punctuation: [
    [0x2010, 0x2027],
    [0x3001, 0x3011],
    [0xff01, 0xff0f],
  ],
  symbols: [
    [0x2190, 0x21ff],
    [0x2200, 0x22ff],
    [0x20a0, 0x20b9],
  ],
  emoji: [
    [0x1f300, 0x1f5ff],
    [0x1f600, 0x1f64f],
    [0x1f3fb, 0x1f3ff],
    [0x200d, 0x200d],
    [0xfe0f, 0xfe0f],
  ],
  marks: [[0x300, 0x333]],
  wide: [
    [0xff10, 0xff19],
    [0xff21, 0xff3a],
    [0xff41, 0xff5a],
  ],
  mathematical: [[0x1d400, 0x1d454]],
  hidden: [
    [0x01, 0x08],
    [0x0e, 0x1f],
    [0x7f, 0x9f],
    [0x200b, 0x200f],
    [0xad, 0xad],
    [0xfeff, 0xfeff],
  ],
};

/** Names of the ranges that texts are drawn from. */
export type Script = keyof typeof scripts;

/** All of them. */
export const allScripts: readonly string[] = Object.keys(scripts);

/** `count` texts of some words, each of one or two of the scripts; the same for the same seed. */
export function textsBySeed(seed: number, count: number, names: readonly string[] = allScripts): string[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const words = Array.from({ length: 1 + random.integer(12) }, () => word(random, names));
    return words.join(separator(random));
  });
}

function word(random: Random, names: readonly string[]): string {
  const first = names[random.integer(names.length)] as string;
  const second = names[random.integer(names.length)] as string;
  const length = 1 + random.integer(9);
  const letters = Array.from({ length }, () => letter(random, random.integer(4) === 0 ? second : first));
  return letters.join("");
}

function letter(random: Random, name: string): string {
  const ranges = scripts[name] as readonly (readonly [number, number])[];
  const [from, to] = ranges[random.integer(ranges.length)] as readonly [number, number];
  return String.fromCodePoint(from + random.integer(to - from + 1));
}

function separator(random: Random): string {
  return [" ", " ", " ", "  ", "   ", "\n", "\t", "", ", "][random.integer(9)] as string;
}

/** Written by hand. */
export const awkwardTexts: readonly string[] = [
  ...[" ", "  ", "   ", "\n", "\n\n", "\t", " \n ", "\r\n", "\u00a0", "\u3000", "a ", " a", "  a  b  ", "a\n", "\na"],
  ...["Hello, world!", " Hello  world", "HELLO world", "don't we'll I'VE it's o'clock 'tis", "e.g. 3.14159, 1,000,000"],
  ...["0", "12", "123", "1234", "12345678901234567890", "3.5kg", "a1b2c3", "½ ² ٣ ४ Ⅷ ①", "-1 +2 =3 x=y*z/2"],
  ...[
    "naïve café",
    "nai\u0308ve cafe\u0301",
    "ÅNGSTRÖM Å",
    "e\u0323\u0302 ệ",
    "Straße ẞ",
    "İstanbul ıI",
    "ﬁne ﬂow",
    "ΣΑΣ σας",
  ],
  ...["東京は日本の首都です。", "我爱北京天安门", "ｶﾞｷﾞ ガギ", "한국어 텍스트", "한국", "हिन्दी में पाठ", "ภาษาไทย", "नमस्ते"],
  ...["שלום עולם", "مرحبا بالعالم ١٢٣", "Привет, мир!", "Ёлка ё", "Γειά σου Κόσμε", "кот\u0301"],
  ...["😀", "👍🏽", "👩‍👩‍👧‍👦 family", "🏳️‍🌈", "🇩🇪🇫🇷", "a😀b", "☃️ ❤️", "🦙.cpp", "\u{1f9d1}\u{1f3ff}‍🚀"],
  ...[
    "\ud800",
    "\udc00x",
    "a\ud83d",
    "\ufffd",
    "\u200b",
    "zero\u200bwidth",
    "soft\u00adhyphen",
    "\ufeffbom",
    "a\u0001b",
  ],
  ...["<s>", "</s>", "<unk>", "[CLS] x [SEP]", "<|endoftext|>", "<0x41>", "[PAD0]", "▁", "▁a ▁▁b", "##ing", "Ġthe"],
  ...[
    "x".repeat(99),
    "ab".repeat(60),
    "!".repeat(70),
    " ".repeat(70),
    "\n".repeat(9),
    "中".repeat(40),
    "a\u0301".repeat(20),
  ],
  ...["if (x < 10 && y != 3) { return y; } // done", '{"key": ["v", 1e-5, null]}', "https://example.org/a?b=c&d#e"],
  ...["C:\\path\\file.txt", "snake_case camelCase kebab-case", "$100 €5 £3 ¥9", "5°C ±3% ©™®", "…—–“”‘’«»", "~`^|\\"],
];
