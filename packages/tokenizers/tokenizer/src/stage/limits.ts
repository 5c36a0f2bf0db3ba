// What a stage of tokenizer.json may be at most, checked before any of it is read.
//
// A few lines of JSON can ask for more than any machine has: steps that each double the text, expressions that are compiled
// by the hundred, lists in lists that overflow the stack of whoever walks them. No published file comes near these limits.

import { fail } from "../check.js";

const MAX_DEPTH = 64;
const MAX_STEPS = 256;
const MAX_EXPRESSIONS = 20_000;

/** Throws TokenizerError for a stage that is nested too deeply, has too many steps, or too much of expressions. */
export function checkStage(json: object, path: string): void {
  let steps = 0;
  let expressions = 0;
  // Without recursion, as depth is what is in question.
  const left: [value: object, depth: number][] = [[json, 0]];
  for (let next = left.pop(); next; next = left.pop()) {
    const [value, depth] = next;
    if (depth > MAX_DEPTH) fail(path, `nested ${MAX_DEPTH} deep at most`, "more");
    if (Object.hasOwn(value, "type") && ++steps > MAX_STEPS) fail(path, `${MAX_STEPS} steps at most`, "more");
    for (const [key, each] of Object.entries(value)) {
      if (key === "Regex" && typeof each === "string") expressions += each.length;
      if (typeof each === "object" && each !== null) left.push([each, depth + 1]);
    }
    if (expressions > MAX_EXPRESSIONS) {
      fail(path, `${MAX_EXPRESSIONS} characters of expressions at most`, `${expressions} characters`);
    }
  }
}

const SLACK = 2 ** 20;
const TIMES = 32;
/** A text that grows, in a step or in all, may not grow beyond this. */
export const MAX_GROWN: number = 2 ** 24;

/** How long a text may become on its way through a stage: compatibility forms make 18 characters of one, and nothing more. */
export function grownLimit(length: number): number {
  return SLACK + TIMES * length;
}

/** Throws TokenizerError for a text that became longer than `limit`. */
export function checkGrown(before: number, after: number, limit: number, path: string): void {
  if (after > limit && after > before)
    fail(path, `steps that leave a text of ${before} characters within ${limit}`, after);
}
