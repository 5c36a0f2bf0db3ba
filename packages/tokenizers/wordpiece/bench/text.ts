// Text that is made up.

import { makeRandom } from "@llm/testing/text";

const BLOCKS = [
  0x20, 0x61, 0xc0, 0x370, 0x400, 0x5d0, 0x620, 0x900, 0xe00, 0x1100, 0x3040, 0x4e00, 0x9000, 0xac00, 0xd7f0, 0xdc00,
  0x1f300,
];

/** Words of characters from a few neighboring places in one block each: some known, some in part, some not at all. */
export function madeUp(seed: number, units: number): string {
  const random = makeRandom(seed);
  let text = "";
  while (text.length < units) {
    const first = BLOCKS[random(BLOCKS.length)]!;
    const width = 4 + random(30);
    for (let length = random(20) ? 1 + random(12) : 80 + random(50); length > 0; length--) {
      text += String.fromCodePoint(first + random(width));
    }
    text += random(9) ? " " : "##";
  }
  return text;
}
