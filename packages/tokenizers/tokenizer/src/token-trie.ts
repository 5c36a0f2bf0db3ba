// Finds the leftmost of many strings in a text, the longest of those that begin there: Hugging Face's rule for added tokens.
//
// A trie over UTF-16 units. Most positions are passed by one look at a table of the first units, so the search costs
// little where no token is near, however many there are.

import type { AddedToken } from "./added-tokens.js";

/** A token found in a text. */
export interface Match {
  start: number;
  end: number;
  token: AddedToken;
}

/** Most nodes have one child, and so need no map. */
interface Node {
  unit: number;
  child: Node | undefined;
  others: Map<number, Node> | undefined;
  token: AddedToken | undefined;
}

const leaf = (): Node => ({ unit: -1, child: undefined, others: undefined, token: undefined });

const childOf = (node: Node, unit: number): Node | undefined =>
  node.unit === unit ? node.child : node.others?.get(unit);

/** Strings, each of which stands for a token. */
export class TokenTrie {
  readonly #root: Node = leaf();
  readonly #first = new Uint8Array(256);
  #wide = false;

  constructor(entries: Iterable<readonly [string, AddedToken]>) {
    for (const [content, token] of entries) {
      if (content !== "") this.#add(content, token);
    }
  }

  get empty(): boolean {
    return this.#root.child === undefined;
  }

  /** The leftmost token at or after `from`, the longest of those that begin at the same place. */
  find(text: string, from: number): Match | undefined {
    if (this.empty) return undefined;
    for (let start = from; start < text.length; start++) {
      const unit = text.charCodeAt(start);
      if (unit < 256 ? this.#first[unit] === 0 : !this.#wide) continue;
      const match = this.#longest(text, start);
      if (match) return match;
    }
    return undefined;
  }

  #longest(text: string, start: number): Match | undefined {
    let match: Match | undefined;
    let node: Node | undefined = this.#root;
    for (let at = start; at < text.length; at++) {
      node = childOf(node, text.charCodeAt(at));
      if (!node) break;
      if (node.token) match = { start, end: at + 1, token: node.token };
    }
    return match;
  }

  #add(content: string, token: AddedToken): void {
    let node = this.#root;
    for (let i = 0; i < content.length; i++) {
      const unit = content.charCodeAt(i);
      node = childOf(node, unit) ?? addChild(node, unit);
    }
    node.token ??= token;
    const first = content.charCodeAt(0);
    if (first < 256) this.#first[first] = 1;
    else this.#wide = true;
  }
}

function addChild(node: Node, unit: number): Node {
  const child = leaf();
  if (node.child === undefined) {
    node.unit = unit;
    node.child = child;
  } else {
    node.others ??= new Map();
    node.others.set(unit, child);
  }
  return child;
}
