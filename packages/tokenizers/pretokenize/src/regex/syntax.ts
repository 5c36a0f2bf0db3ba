// The parts that a regular expression is made of, as the parser gives them to the compiler.

import type { CharacterClass } from "../character-class.js";

/** What stands at a place without taking a character. */
export type Assertion = "textStart" | "textEnd" | "lastLineEnd" | "lineStart" | "lineEnd" | "wordEdge" | "noWordEdge";

/** A part of an expression. */
export type Node =
  | { readonly type: "set"; readonly has: CharacterClass }
  | { readonly type: "all"; readonly parts: readonly Node[] }
  | { readonly type: "any"; readonly parts: readonly Node[] }
  | { readonly type: "repeat"; readonly part: Node; readonly min: number; readonly max: number; readonly lazy: boolean }
  | { readonly type: "atomic"; readonly part: Node }
  | { readonly type: "look"; readonly part: Node; readonly behind: boolean; readonly negative: boolean }
  | { readonly type: "assert"; readonly what: Assertion };

/** The least and the greatest number of characters that a part takes. */
export function width(node: Node): [least: number, greatest: number] {
  switch (node.type) {
    case "set":
      return [1, 1];
    case "all":
      return node.parts.map(width).reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
    case "any": {
      const widths = node.parts.map(width);
      return [Math.min(...widths.map(([least]) => least)), Math.max(...widths.map(([, greatest]) => greatest))];
    }
    case "repeat": {
      const [least, greatest] = width(node.part);
      return [least * node.min, greatest === 0 || node.max === 0 ? 0 : greatest * node.max];
    }
    case "atomic":
      return width(node.part);
    default:
      return [0, 0];
  }
}

/** An expression that is wrong or means what is not supported here. */
export function regexError(source: string, at: number, problem: string): SyntaxError {
  const shown = source.length > 80 ? `${source.slice(0, 80)}…` : source;
  return new SyntaxError(`regex: ${problem} at character ${at} of ${JSON.stringify(shown)}`);
}
