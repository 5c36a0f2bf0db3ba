// What is left of HTML in text that was taken from pages: tags, comments, scripts and styles.
//
// Not a parser and no protection against scripts: it makes text readable, in linear time on any input.

import { type Alignment, Edits } from "./alignment.js";
import type { Normalizer } from "./compose.js";

const TAG = /<(?:\/?([a-z][a-z0-9]*)(?:[\s/][^<>]*)?|![a-z][^<>]*|\?[^<>]*)>/iy;
const BLOCK =
  /^(?:address|article|aside|blockquote|br|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr|li|main|nav|ol|option|p|pre|section|table|td|th|tr|ul)$/i;
const COMMENT = "<!--";
const COMMENT_END = "-->";

/**
 * Removes tags, comments, scripts and styles; where a block or a line ends ("<p>", "<br>", "<td>" …) a newline takes the
 * tag's place. "a < b" stays. Character references stay too: `decodeHtml` of "@llm/normalize/html" reads them.
 */
export const stripHtml: Normalizer = /* @__PURE__ */ Object.assign((text: string) => strip(text).text, {
  align: strip,
});

function strip(text: string): Alignment {
  const edits = new Edits(text);
  const elements = new Map<string, boolean>(); // whether there may still be an end of a comment, a script, a style
  for (let at = text.indexOf("<"); at !== -1; at = text.indexOf("<", at)) {
    const [end, replacement] = markup(text, at, elements);
    if (end > at) edits.replace(at, end, replacement);
    at = Math.max(end, at + 1);
  }
  return edits.finish();
}

/** The end of the markup at `at`, which is `at` if there is none, and what takes its place. */
function markup(text: string, at: number, elements: Map<string, boolean>): [end: number, replacement: string] {
  if (text.startsWith(COMMENT, at)) {
    const end = search(text, at, COMMENT_END, elements);
    return end === -1 ? [at, ""] : [end, ""];
  }
  TAG.lastIndex = at;
  const match = TAG.exec(text);
  if (!match) return [at, ""];
  const name = match[1]?.toLowerCase() ?? "";
  const end = at + match[0].length;
  if ((name === "script" || name === "style") && text[at + 1] !== "/") {
    const close = search(text, end, `</${name}>`, elements);
    return [close === -1 ? end : close, ""];
  }
  return [end, BLOCK.test(name) ? "\n" : ""];
}

/** Where `wanted` ends, at or after `at`. Once it was looked for in vain it is not looked for again. */
function search(text: string, at: number, wanted: string, missing: Map<string, boolean>): number {
  if (missing.get(wanted)) return -1;
  const found = wanted === COMMENT_END ? text.indexOf(wanted, at + COMMENT.length) : indexOfFolded(text, wanted, at);
  if (found === -1) missing.set(wanted, true);
  return found === -1 ? -1 : found + wanted.length;
}

function indexOfFolded(text: string, wanted: string, at: number): number {
  const expression = new RegExp(wanted, "gi");
  expression.lastIndex = at;
  return expression.exec(text)?.index ?? -1;
}
