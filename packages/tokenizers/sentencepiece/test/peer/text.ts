// Lines of text for comparisons: what the installed packages say about themselves, and seeded nonsense in many scripts.

import { makeRandom, textsBelow } from "@llm/testing/text";

/** Lines of at most 2000 units of the files that end in `extension`, about `size` UTF-16 units in all, in a fixed order. */
export function realLines(folder: string, extension: string, size: number): string[] {
  const lines: string[] = [];
  let left = size;
  for (const text of textsBelow(folder, extension)) {
    if (left <= 0) break;
    for (const line of text.slice(0, 60_000).split(/\r?\n/)) {
      if (line === "" || line.length > 2000) continue;
      lines.push(line);
      left -= line.length + 1;
    }
  }
  return lines;
}

// Blocks of Unicode, among them those that NFKC changes: combining marks, ligatures, widths, jamo, mathematical letters.
const BLOCKS: [number, number][] = [
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x1c4, 0x24f],
  [0x300, 0x36f],
  [0x370, 0x3ff],
  [0x400, 0x4ff],
  [0x5d0, 0x5ea],
  [0x600, 0x6ff],
  [0x900, 0x97f],
  [0xe00, 0xe7f],
  [0x1100, 0x11ff],
  [0x1e00, 0x1eff],
  [0x2000, 0x206f],
  [0x2070, 0x218f],
  [0x2460, 0x24ff],
  [0x2580, 0x259f],
  [0x3000, 0x30ff],
  [0x3300, 0x33ff],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xe000, 0xf8ff],
  [0xf900, 0xfaff],
  [0xfb00, 0xfdff],
  [0xfe00, 0xffff],
  [0x1d400, 0x1d7ff],
  [0x1f300, 0x1faff],
  [0x20000, 0x2a6df],
  [0x2f800, 0x2fa1d],
  [0, 0x1f],
  [0xf0000, 0x10ffff],
];

const PHRASES = (
  "the|of|and|ing|Hello|World|don't|straße|naïve|ﬁne|Å|e\u0301|ǆ|가|각|ｶﾞ|ﾊﾟ|①|㍍|½|x²|你好世界|こんにちは|안녕하세요|Привет|مرحبا|שלום|नमस्ते|" +
  "สวัสดี|👩‍👩‍👧‍👦|🇩🇪|👍🏽|<s>|</s>|<unk>|<sep>|<ctl>|<0x41>|▁|▁▁|▁x| | |  |   |\t|\u00a0|\u3000|\u200b|\ufeff|\r|0123456789|3.14|" +
  "https://example.com/?q=1#a|camelCase|_under_score|aaaa|abababab|\u0000|\ufffd|\u2047"
).split("|");

/** Lines of it, about `size` UTF-16 units in all. */
export function fuzzLines(seed: number, size: number): string[] {
  const random = makeRandom(seed);
  const lines: string[] = [];
  for (let left = size; left > 0; ) {
    let line = "";
    for (let parts = random(random(8) ? 24 : 120); parts >= 0; parts--) line += fuzzPart(random);
    line = line.replace(/\n|\p{Surrogate}/gu, " ");
    lines.push(line);
    left -= line.length + 1;
  }
  return lines;
}

function fuzzPart(random: (n: number) => number): string {
  const kind = random(100);
  if (kind < 40) return PHRASES[random(PHRASES.length)]! + (random(2) ? " " : "");
  const [first, last] = BLOCKS[random(BLOCKS.length)]!;
  const character = (): string => String.fromCodePoint(first + random(last - first + 1));
  if (kind === 99) return character().repeat(1 + random(random(10) ? 40 : 400));
  let text = random(2) ? " " : "";
  if (kind < 70) {
    // Words of a few letters of one script, so that trained pieces match.
    const from = first + random(Math.max(1, last - first - 24));
    for (let i = random(7); i >= 0; i--) text += String.fromCodePoint(Math.min(last, from + random(24)));
  } else for (let i = random(12); i >= 0; i--) text += character();
  return text;
}
