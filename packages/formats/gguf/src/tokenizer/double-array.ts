// A trie of bytes in one array, as sentencepiece writes it: Yata's darts-clone.
//
//   a cell        bits 0…7 the byte that leads here, 8 whether a key ends here, 10…30 an offset
//   its children  at (place of the cell) XOR offset XOR byte; the value of the key that ends here at byte 0, with bit 31
//
// A byte moves within its 256 cells, so that a node goes into the first of some open blocks that has room for its children.

/** A key's bytes by the trie, and what they stand for. */
export interface TrieNode {
  value?: number;
  children: Map<number, TrieNode>;
}

/** Adds a key. Keys have no zero byte. */
export function addKey(root: TrieNode, key: Uint8Array, value: number): void {
  let node = root;
  for (const byte of key) {
    let child = node.children.get(byte);
    if (!child) {
      child = { children: new Map() };
      node.children.set(byte, child);
    }
    node = child;
  }
  node.value = value;
}

const BLOCK = 256;
/** Blocks in which room is looked for. */
const OPEN = 4;

/** The cells of a trie. */
export function doubleArray(root: TrieNode): Uint32Array {
  const array = new Cells();
  array.cells[0] = 0;
  array.used[0] = 1;
  const waiting: [node: TrieNode, at: number][] = [[root, 0]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [node, at] = next;
    const labels = [...node.children.keys()];
    if (node.value !== undefined) labels.push(0);
    const base = array.place(labels);
    array.cells[at] = ((array.cells[at] as number) | ((at ^ base) << 10)) >>> 0;
    if (node.value !== undefined) {
      array.cells[at] = (array.cells[at] as number) | 0x100;
      array.cells[base] = (node.value | 0x8000_0000) >>> 0;
    }
    for (const [label, child] of node.children) {
      array.cells[base ^ label] = label;
      waiting.push([child, base ^ label]);
    }
  }
  return Uint32Array.from(array.cells);
}

class Cells {
  readonly cells: number[] = new Array(BLOCK).fill(0);
  /** Which cells are taken, and which places children are counted from. */
  readonly used: number[] = new Array(BLOCK).fill(0);
  readonly #bases = new Set<number>();

  /** A place from which all the labels' cells are free; they are taken then. */
  place(labels: readonly number[]): number {
    for (let block = Math.max(0, this.cells.length - OPEN * BLOCK); ; block += BLOCK) {
      if (block === this.cells.length) this.#grow();
      for (let base = block; base < block + BLOCK; base++) {
        if (this.#bases.has(base) || labels.some((label) => this.used[base ^ label])) continue;
        this.#bases.add(base);
        for (const label of labels) this.used[base ^ label] = 1;
        return base;
      }
    }
  }

  #grow(): void {
    for (let i = 0; i < BLOCK; i++) {
      this.cells.push(0);
      this.used.push(0);
    }
  }
}
