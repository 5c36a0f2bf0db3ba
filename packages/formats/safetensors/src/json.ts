// What JSON.parse lets pass: keys that stand twice, of which it keeps the last, and `__proto__`.
//
// Two readers that keep different ones would read different tensors from one file. The text is valid JSON here,
// so a scan that knows strings, braces and colons is enough. (A regular expression would exhaust its stack on a
// header of one very long string.)

import { SafetensorsError } from "./error.js";

/** @throws SafetensorsError when an object in the (valid) JSON text has a key twice, or the key `__proto__` */
export function rejectDuplicateKeys(text: string): void {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === "{") open.push(new Set());
    else if (letter === "}") open.pop();
    else if (letter === '"') {
      const end = stringEnd(text, at);
      if (nextLetter(text, end) === ":") addKey(open.at(-1) as Set<string>, JSON.parse(text.slice(at, end)) as string);
      at = end - 1;
    }
  }
}

function addKey(keys: Set<string>, key: string): void {
  if (keys.has(key)) throw new SafetensorsError(`header has the key ${JSON.stringify(key)} twice`);
  if (key === "__proto__") throw new SafetensorsError(`header has the key "__proto__", which no tensor may have`);
  keys.add(key);
}

/** The position after the closing quote of the string that begins at `start`. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function nextLetter(text: string, from: number): string | undefined {
  let at = from;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at++;
  return text[at];
}
