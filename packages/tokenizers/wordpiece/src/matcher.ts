// Greedy longest-match-first in a single pass: each character of a word is looked at once, however the matches fall.
//
// The tokens stand in two tries, those a word can begin with and those it can go on with, and the path walked so far is
// what is not yet split. Where it cannot go on, the tokens that the split of the path begins with for certain, pops(node),
// are put out, and the walk goes on from the node of what is left of the path, fail(node). With node = parent · c:
//
//   node is a token:  fail = the root of "go on",  pops = [that token]
//   else              from z = fail(parent), as long as z has no child c: add pops(z), z = fail(z)
//                     fail = child(z, c),  pops = pops(parent) and what was added
//
// Source: Song, Salcianu, Song, Dopson and Zhou, "Fast WordPiece Tokenization" (arXiv:2012.15524), algorithms 1 and 2.
// Deviation: two tries instead of one with a node for "##", so that a word may begin with "##" itself.

import { Edges } from "./edges.js";

const NONE = -1;
const BEGIN = 0;
const GO_ON = 1;

/** The tokens as two tries with failure links. */
export class Matcher {
  readonly #edges = new Edges();
  readonly #fail: number[] = [NONE, NONE];
  // pops(node) = pops(base) and then own: what lists share is stored once.
  readonly #base: number[] = [NONE, NONE];
  readonly #own: (readonly number[])[] = [[], []];

  /** `begin`: what words begin with; `goOn`: what follows within a word, without its prefix. Neither holds "". */
  constructor(begin: Iterable<readonly [string, number]>, goOn: Iterable<readonly [string, number]>) {
    const nodes: TrieNode[] = [
      { parent: NONE, unit: 0 },
      { parent: NONE, unit: 0 },
    ];
    const token: number[] = [NONE, NONE];
    for (const [text, id] of begin) token[this.#insert(BEGIN, text, nodes)] = id;
    for (const [text, id] of goOn) token[this.#insert(GO_ON, text, nodes)] = id;
    for (const node of byDepth(nodes)) this.#link(node, nodes[node]!, token[node] ?? NONE);
  }

  /** Appends the ids of the word `text[start, end)` to `out`; false if it cannot be split, and then `out` is as before. */
  match(text: string, start: number, end: number, out: number[]): boolean {
    const mark = out.length;
    let node = BEGIN;
    for (let i = start; i <= end && start < end; i++) {
      // After the last character, whatever is left of the path has to be tokens.
      let next = i < end ? this.#edges.get(node, text.charCodeAt(i)) : node === GO_ON ? node : NONE;
      while (next === NONE) {
        const left = this.#fail[node]!;
        if (left === NONE) {
          out.length = mark;
          return false;
        }
        this.#pop(node, out);
        node = left;
        next = i < end ? this.#edges.get(node, text.charCodeAt(i)) : node === GO_ON ? node : NONE;
      }
      node = next;
    }
    return true;
  }

  #insert(root: number, text: string, nodes: TrieNode[]): number {
    let node = root;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      let child = this.#edges.get(node, unit);
      if (child === NONE) {
        child = nodes.push({ parent: node, unit }) - 1;
        this.#edges.add(node, unit, child);
      }
      node = child;
    }
    return node;
  }

  /** Finds where to go on from `node`; its parent, and all nodes less deep, have been linked. */
  #link(node: number, { parent, unit }: TrieNode, token: number): void {
    if (token !== NONE) {
      this.#fail[node] = GO_ON;
      this.#base[node] = NONE;
      this.#own[node] = [token];
      return;
    }
    const added: number[] = [];
    let z = this.#fail[parent]!;
    while (z !== NONE && this.#edges.get(z, unit) === NONE) {
      this.#pop(z, added);
      z = this.#fail[z]!;
    }
    this.#fail[node] = z === NONE ? NONE : this.#edges.get(z, unit);
    const grown = z !== NONE && added.length > 0;
    this.#base[node] = grown ? parent : this.#base[parent]!;
    this.#own[node] = grown ? added : this.#own[parent]!;
  }

  #pop(node: number, out: number[]): void {
    if (this.#base[node] !== NONE) this.#popBases(node, out);
    for (const id of this.#own[node]!) out.push(id);
  }

  #popBases(node: number, out: number[]): void {
    const bases: number[] = [];
    // Not by recursion: the lists of a token of thousands of characters may be as many.
    for (let base = this.#base[node]!; base !== NONE; base = this.#base[base]!) bases.push(base);
    while (bases.length > 0) for (const id of this.#own[bases.pop()!]!) out.push(id);
  }
}

interface TrieNode {
  parent: number;
  unit: number;
}

/** All nodes but the two roots, parents' generations before those of their children. */
function byDepth(nodes: readonly TrieNode[]): number[] {
  const depth = new Int32Array(nodes.length);
  const generations: number[][] = [];
  for (let node = 2; node < nodes.length; node++) {
    // A node is made after its parent.
    depth[node] = depth[nodes[node]!.parent]! + 1;
    const generation = generations[depth[node]!] ?? [];
    generations[depth[node]!] = generation;
    generation.push(node);
  }
  return generations.flat();
}
