// Texts for comparisons: real ones from files, names of places and languages in the languages of the world, and seeded nonsense.

import { makeRandom, textsBelow } from "@llm/testing/text";

const CHUNK = 600;

/** Texts of a few hundred units from files of text, in a fixed order, about `size` units in all. */
export function fileTexts(path: string, size: number, extension = ""): string[] {
  const texts: string[] = [];
  let left = size;
  for (const whole of textsBelow(path, extension)) {
    if (left <= 0) break;
    // No file may have most of it.
    const text = whole.slice(0, Math.min(left, Math.max(size / 4, 60_000)));
    if (text.includes("\0")) continue;
    for (let at = 0; at < text.length; at += CHUNK) texts.push(text.slice(at, at + CHUNK));
    left -= text.length;
  }
  return texts;
}

const LANGUAGES = (
  "am ar as az be bg bn bo ca cs da de dz el en es et eu fa fi fr ga gl gu he hi hr hu hy id ig is it ja ka kk km kn ko ku ky lo lt lv " +
  "mk ml mn mr my ne nl no or pa pl ps pt ro ru sd si sk sl sq sr sv sw ta te th ti tk tr ug uk ur uz vi yi yo yue zh zh-Hant zu"
).split(" ");
const REGIONS =
  "AE AF BD BR CN DE EG ET FR GB GE GR HK IL IN IR JP KH KR LK MM NG NP PK RU SA TH TR UA US VN ZA 001 150".split(" ");
const DATES = [0, 5e11, 1.1e12, 1.7e12].map((time) => new Date(time));

/** Real words in some ninety languages: how each writes languages, regions, dates and numbers. */
export function namesOfTheWorld(): string[] {
  return LANGUAGES.map((language) => {
    const [languages, regions] = (["language", "region"] as const).map(
      (type) => new Intl.DisplayNames([language], { type, fallback: "none" }),
    );
    const dates = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long", timeZone: "UTC" });
    const money = new Intl.NumberFormat(language, { style: "currency", currency: "EUR", currencyDisplay: "name" });
    return [
      ...LANGUAGES.map((each) => languages!.of(each)),
      ...REGIONS.map((each) => regions!.of(each)),
      ...DATES.map((each) => `${dates.format(each)}: ${money.format(Number(each) / 1e7)}.`),
    ].join(", ");
  });
}

// Blocks that were settled long ago, among them those that normalizers change; surrogates, alone and in pairs; private use.
const BLOCKS: [number, number][] = [
  ...([
    [0x20, 0x7e],
    [0, 0x1f],
    [0x7f, 0xbf],
    [0xc0, 0x24f],
    [0x300, 0x36f],
    [0x370, 0x3ff],
    [0x400, 0x4ff],
  ] as [number, number][]),
  ...([
    [0x531, 0x587],
    [0x591, 0x5ea],
    [0x620, 0x6d5],
    [0x904, 0x96f],
    [0x985, 0x9b9],
    [0xb85, 0xbcd],
  ] as [number, number][]),
  ...([
    [0xe01, 0xe5b],
    [0xf40, 0xf6c],
    [0x10a0, 0x10fc],
    [0x1100, 0x11ff],
    [0x1200, 0x1248],
    [0x13a0, 0x13f4],
  ] as [number, number][]),
  ...([
    [0x1780, 0x17e9],
    [0x1e00, 0x1fff],
    [0x2000, 0x206f],
    [0x2070, 0x218b],
    [0x2460, 0x24ff],
  ] as [number, number][]),
  ...([
    [0x2e80, 0x2e99],
    [0x3000, 0x30ff],
    [0x3131, 0x318e],
    [0x3200, 0x33ff],
    [0x3400, 0x4db5],
  ] as [number, number][]),
  ...([
    [0x4e00, 0x9fa5],
    [0xac00, 0xd7a3],
    [0xd800, 0xdfff],
    [0xe000, 0xf8ff],
    [0xf900, 0xfad9],
  ] as [number, number][]),
  ...([
    [0xfb00, 0xfb4f],
    [0xfe00, 0xfe0f],
    [0xff00, 0xffef],
    [0xfff9, 0xffff],
    [0x10000, 0x1005d],
  ] as [number, number][]),
  ...([
    [0x10400, 0x1044f],
    [0x12000, 0x12399],
    [0x1d400, 0x1d7ff],
    [0x1f300, 0x1f64f],
    [0x20000, 0x2a6d6],
  ] as [number, number][]),
  ...([
    [0x2f800, 0x2fa1d],
    [0xe0001, 0xe007f],
    [0xf0000, 0x10ffff],
  ] as [number, number][]),
];
const PHRASES = (
  "the¦of¦and¦ing¦Hello¦World¦don't¦I'LL¦'ſ¦straße¦STRASSE¦naïve¦ﬁne¦Å¦e\u0301¦İstanbul¦ǅ¦가¦ｶﾞ¦①¦㍍¦½¦x²¦你好世界¦繁體字¦こんにちは¦안녕하세요¦" +
  "Привет¦ΟΔΟΣ¦مرحبا¦שלום¦नमस्ते¦สวัสดี¦ሰላም¦👩‍👩‍👧‍👦¦🇩🇪¦👍🏽¦<s>¦</s>¦<unk>¦[SEP]¦<|endoftext|>¦<0x41>¦▁¦▁the¦ ¦ ¦  ¦   ¦\t¦\r\n¦\n\n¦\n¦\u00a0¦\u3000¦" +
  "\u200b¦\u200d¦\u00ad¦\ufeff¦\u0085¦\u2028¦0123456789¦3.14¦1,000¦https://example.com/?q=1#a¦camelCase¦_under_score¦aaaa¦abababab¦\u0000¦\ufffd¦    return x;\n"
).split("¦");

/** Seeded nonsense of those blocks and phrases, about `size` units in all. */
export function fuzzTexts(seed: number, size: number): string[] {
  const random = makeRandom(seed);
  const texts: string[] = [];
  for (let left = size; left > 0; ) {
    let text = "";
    for (let parts = random(random(8) ? 40 : 160); parts >= 0; parts--) text += fuzzPart(random);
    texts.push(text);
    left -= text.length + 1;
  }
  return texts;
}

function fuzzPart(random: (n: number) => number): string {
  const kind = random(100);
  if (kind < 45) return PHRASES[random(PHRASES.length)]! + (random(2) ? " " : "");
  const [first, last] = BLOCKS[random(BLOCKS.length)]!;
  const blank = random(2) ? " " : "";
  if (kind === 99)
    return String.fromCodePoint(first + random(last - first + 1)).repeat(1 + random(random(10) ? 40 : 300));
  // Mostly words of a few letters of one script, so that what was learned comes up.
  const width = kind < 75 ? 24 : last - first + 1;
  const from = kind < 75 ? first + random(Math.max(1, last - first - 24)) : first;
  let text = blank;
  for (let i = random(9); i >= 0; i--) text += String.fromCodePoint(Math.min(last, from + random(width)));
  return text;
}
