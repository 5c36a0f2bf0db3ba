// The `.tiktoken` file format: a token a line, base64 of its bytes, a space, its rank. The npm package `tiktoken`
// ships a shorter form, `! FIRST token token …`, whose ranks count up from FIRST; both are read.

import { BpeError } from "./error.js";

/** The tokens and ranks in the text of a `.tiktoken` file, for `BPE.fromRanks`. Throws BpeError naming the line that is wrong. */
export function parseTiktoken(text: string): [Uint8Array, number][] {
  const ranks: [Uint8Array, number][] = [];
  let number = 0;
  for (const line of text.split("\n")) {
    number++;
    const fields = line.trim().split(" ");
    if (fields[0] === "") continue;
    const compact = fields[0] === "!" && fields.length > 2;
    const rank = compact || fields.length === 2 ? Number(fields[1] || "NaN") : Number.NaN;
    if (!Number.isInteger(rank)) {
      throw new BpeError(`parseTiktoken: line ${number} must be "BASE64 RANK", got "${line.slice(0, 40)}"`);
    }
    const tokens = compact ? fields.slice(2) : fields.slice(0, 1);
    tokens.forEach((token, i) => {
      ranks.push([fromBase64(token, number), rank + i]);
    });
  }
  return ranks;
}

/** The text of a `.tiktoken` file with these tokens. */
export function formatTiktoken(ranks: Iterable<readonly [Uint8Array, number]>): string {
  let text = "";
  for (const [token, rank] of ranks)
    text += `${btoa(Array.from(token, (byte) => String.fromCharCode(byte)).join(""))} ${rank}\n`;
  return text;
}

function fromBase64(token: string, line: number): Uint8Array {
  try {
    const binary = atob(token);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
  } catch {
    throw new BpeError(`parseTiktoken: line ${line} has a token that is not base64: "${token.slice(0, 40)}"`);
  }
}
