// A seeded stream of nasty text: many scripts, emoji with joiners, lone surrogates, white space of all kinds, long runs.
//
// Only blocks that were settled long ago: which characters are letters is for tiktoken what Unicode 16 says and for us what
// the JavaScript engine says (Node 20.20 has Unicode 17), so text in the newest scripts may be cut otherwise.
// Lone surrogates meet and pair up, too: those here pair to private use.

import { makeRandom } from "@llm/testing/text";

const SCRIPTS: [number, number][] = [
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x300, 0x36f],
  [0x370, 0x3ff],
  [0x400, 0x4ff],
  [0x530, 0x58f],
  [0x590, 0x5ff],
  [0x600, 0x6ff],
  [0x900, 0x97f],
  [0xe00, 0xe7f],
  [0x10a0, 0x10ff],
  [0x1100, 0x11ff],
  [0x13a0, 0x13ff],
  [0x1e00, 0x1eff],
  [0x2000, 0x206f],
  [0x2100, 0x214f],
  [0x3040, 0x30ff],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xdb80, 0xdfff],
  [0xf900, 0xfaff],
  [0xfe00, 0xfe0f],
  [0xfff0, 0xffff],
  [0x1d400, 0x1d7ff],
  [0x1f300, 0x1faff],
  [0x20000, 0x2a6df],
  [0xe0000, 0xe007f],
  [0, 0x1f],
  [0x10000, 0x1005d],
  [0x12000, 0x12399],
  [0xe000, 0xf8ff],
  [0xf0000, 0x10ffff],
];
const PHRASES = [
  " the",
  " of",
  "ing",
  " don't",
  " I'LL",
  "'s",
  "'ſ",
  "'RE",
  "ǅ",
  "İ",
  "ß",
  "\r\n",
  "\n\n",
  "\t",
  "\u00a0",
  "\u0085",
  "\u180e",
  "\ufeff",
  "\u200d",
  "👩‍👩‍👧‍👦",
  "🇩🇪",
  "👍🏽",
  "½",
  "١٢٣",
  "0123456789",
  "<|endoftext|>",
  "https://example.com/?q=1#a",
  "    return x;\n",
  "_under_score",
  "camelCaseWord",
  "XMLHttpRequest",
  "e\u0301",
  "\ud83d",
  "\udc00",
  "hello",
  " World",
  "naïve",
  " Übergrößenträger",
  "你好世界",
  "こんにちは",
  "안녕하세요",
  " Привет",
  "مرحبا",
  "שלום",
  "नमस्ते",
  "สวัสดี",
];

/** Roughly `units` UTF-16 units of it. */
export function fuzzText(seed: number, units: number): string {
  const random = makeRandom(seed);
  const parts: string[] = [];
  for (let size = 0; size < units; ) {
    const part = fuzzPart(random);
    parts.push(part);
    size += part.length;
  }
  return parts.join("");
}

function fuzzPart(random: (n: number) => number): string {
  const kind = random(100);
  if (kind < 45) return PHRASES[random(PHRASES.length)]!;
  const [first, last] = SCRIPTS[random(SCRIPTS.length)]!;
  const character = (): string => String.fromCodePoint(first + random(last - first + 1));
  if (kind < 97) {
    let text = random(2) ? " " : "";
    for (let i = random(12); i >= 0; i--) text += character();
    return text;
  }
  const run = kind < 99 ? character() : " -=a\n0.".charAt(random(7));
  return run.repeat(1 + random(random(10) ? 40 : 400));
}
