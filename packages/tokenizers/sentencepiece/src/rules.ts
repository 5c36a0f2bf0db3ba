// Replacement of the longest matching prefix, prepared for text in which next to nothing is replaced.
//
// A table says of each UTF-16 unit whether a rule may start there. Most rules of NFKC that start with a common letter go on
// with a combining mark, so a second table knows the units that rules go on with: a look at the next unit settles nearly all.

/** A rule may start with this unit, but only if it goes on. */
const LONGER = 1;
/** This unit alone has a rule. */
const SINGLE = 2;

interface Node {
  value: string | undefined;
  next: Map<number, Node>;
}

/** Rules: what is replaced → by what. */
export class Rules {
  /** Per UTF-16 unit: 0 if no rule starts with it. */
  readonly kinds: Uint8Array = new Uint8Array(65536);
  readonly #continues = new Uint8Array(65536);
  readonly #root: Node = { value: undefined, next: new Map() };
  /** The replacement that `match` has found. */
  replacement = "";

  constructor(rules: ReadonlyMap<string, string>) {
    for (const [key, value] of rules) {
      let node = this.#root;
      for (let i = 0; i < key.length; i++) {
        const unit = key.charCodeAt(i);
        if (i > 0) this.#continues[unit] = 1;
        let child = node.next.get(unit);
        if (!child) {
          child = { value: undefined, next: new Map() };
          node.next.set(unit, child);
        }
        node = child;
      }
      if (key === "") continue;
      node.value = value;
      this.kinds[key.charCodeAt(0)]! |= key.length === 1 ? SINGLE : LONGER;
    }
  }

  /** How many units of `text` at `start` the longest rule there replaces, by `replacement`; 0 if there is none. */
  match(text: string, start: number): number {
    const kind = this.kinds[text.charCodeAt(start)]!;
    if (kind === 0 || (kind === LONGER && !(start + 1 < text.length && this.#continues[text.charCodeAt(start + 1)])))
      return 0;
    let length = 0;
    let node: Node | undefined = this.#root;
    for (let i = start; i < text.length; i++) {
      node = node.next.get(text.charCodeAt(i));
      if (!node) break;
      if (node.value === undefined) continue;
      length = i + 1 - start;
      this.replacement = node.value;
    }
    return length;
  }
}
