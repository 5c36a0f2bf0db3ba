// A trie in one typed array, so that a step to a child is an addition and a comparison.
//
//   child(node, code) = base(node) + code,  if parent(child) = node
//
// Children of different nodes lie in each other's gaps. A node is the place of its cell in the array, and a cell is
// four numbers: base, parent, value (NONE if no key ends here), and one that keeps cells on cache lines of their own.
//
// Source: Aoe, "An Efficient Digital Search Algorithm by Using a Double-Array Structure" (1989). Free cells are kept
// in a list, and only a few are tried for a node of several children, so building takes linear time.

import { UnigramError } from "./error.js";

/** The value of a node where no key ends. */
export const NONE = -1;
/** Numbers a cell. */
export const CELL = 4;
const TRIES = 32;

/** Strings of codes above 0, one after the other. Those that begin alike are neighbors, the shorter before the longer. */
export interface Keys {
  readonly codes: Uint16Array | Int32Array;
  /** Where key k starts; one entry more than there are keys, the last one being the end. */
  readonly starts: Int32Array;
  /** What is found for key k, in place of k. */
  readonly values?: Int32Array;
}

/** The trie of `keys`, with the root at 0; codes in it and in what is looked up count in cells (code * CELL). */
export function buildDoubleArray(keys: Keys, maxCode: number): Int32Array {
  const cells = new CellPool(maxCode);
  const { codes, starts, values } = keys;
  const todo = [0, 0, starts.length - 1, 0]; // node, first key, key after the last one, depth
  const groups: number[] = []; // code, first key of each child
  while (todo.length > 0) {
    const depth = todo.pop()!;
    const end = todo.pop()!;
    let key = todo.pop()!;
    const node = todo.pop()!;
    if (key < end && starts[key]! + depth === starts[key + 1]!) {
      cells.setValue(node, values ? values[key]! : key);
      key++;
    }
    groups.length = 0;
    for (let last = -1; key < end; key++) {
      const code = codes[starts[key]! + depth]!;
      if (code !== last) groups.push(code, key);
      last = code;
    }
    if (groups.length === 0) continue;
    const base = cells.place(node, groups);
    for (let g = 0; g < groups.length; g += 2) {
      todo.push(base + groups[g]!, groups[g + 1]!, groups[g + 3] ?? end, depth + 1);
    }
  }
  return cells.finish();
}

const BASE = 0;
const PARENT = 1;
const VALUE = 2;
// What the same places hold in a free cell, whose parent is FREE: the neighbors in the list of free cells.
const NEXT = 0;
const PREVIOUS = 2;
const FREE = -1;
const END = -1;
const ORPHAN = -2;

// Pieces of ordinary text leave few cells free; should some be made up so that every node leaves a gap as wide as the
// alphabet, they are refused before they cost gigabytes.
const MAX_CELLS_A_NODE = 16;
const MAX_CELLS = 2 ** 23;
/** Free cells are counted by blocks of so many (a power of two), so that a place in their list is found without a walk. */
const BLOCK_BITS = 10;

/** Cells that are given to nodes; while building, a node is the number of its cell. */
class CellPool {
  #cells = new Int32Array(1024 * CELL);
  #size = 1;
  #firstFree = END;
  #lastFree = END;
  #nodes = 1;
  readonly #freeInBlock: number[] = [];
  readonly #maxCode: number;

  constructor(maxCode: number) {
    this.#maxCode = maxCode;
    this.#cells[VALUE] = NONE; // the root, which is nobody's child
    this.#cells[PARENT] = ORPHAN;
  }

  setValue(node: number, value: number): void {
    this.#cells[node * CELL + VALUE] = value;
  }

  /** Finds room for the children of a node, `groups` being [code, …] by twos; returns the node's base. */
  place(node: number, groups: readonly number[]): number {
    let lowest = groups[0]!;
    for (let g = 2; g < groups.length; g += 2) lowest = Math.min(lowest, groups[g]!);
    const base = this.#findBase(lowest, groups);
    this.#nodes += groups.length >> 1;
    this.#extend(base + this.#maxCode + 1);
    if (this.#size > MAX_CELLS + MAX_CELLS_A_NODE * this.#nodes) {
      throw new UnigramError(
        "Unigram: the pieces do not fit together into a trie; they were made up so that they do not",
      );
    }
    for (let g = 0; g < groups.length; g += 2) this.#take(base + groups[g]!, node);
    this.#cells[node * CELL + BASE] = base;
    return base;
  }

  /** The array, with places instead of numbers of cells. */
  finish(): Int32Array {
    this.#extend(this.#size + this.#maxCode + 1); // so that no step leaves the array
    const cells = this.#cells.slice(0, this.#size * CELL);
    for (let at = 0; at < cells.length; at += CELL) {
      const free = cells[at + PARENT] === FREE;
      cells[at + BASE] = free ? 0 : cells[at + BASE]! * CELL;
      if (free) cells[at + VALUE] = NONE;
      else cells[at + PARENT]! *= CELL;
    }
    return cells;
  }

  #findBase(lowest: number, groups: readonly number[]): number {
    // Among the first free cells, and else in the gap that the last node without room there has left.
    for (const from of [lowest, Math.max(lowest, this.#size - this.#maxCode)]) {
      let tries = TRIES;
      for (let cell = this.#firstFreeFrom(from); cell !== END && tries > 0; cell = this.#cells[cell * CELL + NEXT]!) {
        const base = cell - lowest;
        tries--;
        let fits = true;
        for (let g = 0; fits && g < groups.length; g += 2) {
          const child = base + groups[g]!;
          fits = child >= this.#size || this.#cells[child * CELL + PARENT] === FREE;
        }
        if (fits) return base;
      }
    }
    return Math.max(0, this.#size - lowest);
  }

  /** The first free cell at or after a place, or END; the list of free cells is in their order. */
  #firstFreeFrom(place: number): number {
    if (this.#firstFree === END || place <= this.#firstFree) return this.#firstFree;
    for (let cell = place; cell < this.#size; ) {
      const block = cell >> BLOCK_BITS;
      const end = Math.min(this.#size, (block + 1) << BLOCK_BITS);
      if (this.#freeInBlock[block]! > 0) {
        for (; cell < end; cell++) if (this.#cells[cell * CELL + PARENT] === FREE) return cell;
      }
      cell = end;
    }
    return END;
  }

  #extend(size: number): void {
    if (size <= this.#size) return;
    if (size * CELL > this.#cells.length) {
      const grown = new Int32Array(Math.max(size, 2 * this.#size) * CELL);
      grown.set(this.#cells);
      this.#cells = grown;
    }
    for (; this.#size < size; this.#size++) {
      const at = this.#size * CELL;
      this.#cells[at + PARENT] = FREE;
      this.#cells[at + NEXT] = END;
      this.#cells[at + PREVIOUS] = this.#lastFree;
      if (this.#lastFree === END) this.#firstFree = this.#size;
      else this.#cells[this.#lastFree * CELL + NEXT] = this.#size;
      this.#lastFree = this.#size;
      const block = this.#size >> BLOCK_BITS;
      this.#freeInBlock[block] = (this.#freeInBlock[block] ?? 0) + 1;
    }
  }

  #take(cell: number, parent: number): void {
    const at = cell * CELL;
    this.#freeInBlock[cell >> BLOCK_BITS]!--;
    const next = this.#cells[at + NEXT]!;
    const previous = this.#cells[at + PREVIOUS]!;
    if (previous === END) this.#firstFree = next;
    else this.#cells[previous * CELL + NEXT] = next;
    if (next === END) this.#lastFree = previous;
    else this.#cells[next * CELL + PREVIOUS] = previous;
    this.#cells[at + BASE] = 0;
    this.#cells[at + PARENT] = parent;
    this.#cells[at + VALUE] = NONE;
  }
}
