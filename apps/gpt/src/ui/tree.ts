// Names with dots as a tree. Layers of the same shape are one line each after the first: a hundred of them are no news.

import { blue, dim } from "./paint.js";

/** A leaf: what stands behind its name. */
export interface Leaf {
  name: string;
  text: string;
  bytes: number;
}

interface Node {
  children: Map<string, Node>;
  leaf?: Leaf;
  bytes: number;
}

/** The lines of a tree, with the size of each branch. */
export function treeLines(leaves: readonly Leaf[]): string[] {
  const root: Node = { children: new Map(), bytes: 0 };
  for (const leaf of leaves) {
    let node = root;
    node.bytes += leaf.bytes;
    for (const part of leaf.name.split(".")) {
      const child: Node = node.children.get(part) ?? { children: new Map(), bytes: 0 };
      node.children.set(part, child);
      child.bytes += leaf.bytes;
      node = child;
    }
    node.leaf = leaf;
  }
  return linesOf(root, "");
}

/** 1536 → "1.5 KiB" */
export function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(bytes, 1)) / 10)));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

function linesOf(node: Node, indent: string): string[] {
  const lines: string[] = [];
  let before = "";
  for (const [name, child] of node.children) {
    const inner = linesOf(child, `${indent}  `);
    const line = `${indent}${blue(name)}  ${child.leaf ? child.leaf.text : dim(sizeText(child.bytes))}`;
    const body = inner.join("\n");
    const same = /^\d+$/.test(name) && body !== "" && body === before;
    lines.push(same ? `${line} ${dim("as the one before")}` : line, ...(same ? [] : inner));
    before = body;
  }
  return lines;
}
