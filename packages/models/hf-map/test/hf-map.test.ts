import { expectClose, expectNoLeak } from "@llm/testing";
import { memory, range, reshape, type Tensor, tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import {
  concatenatedRows,
  fromHuggingFace,
  groupedRows,
  type HuggingFaceMap,
  interleavedRows,
  toHuggingFace,
} from "../src/index.js";

const exact = { absolute: 0, relative: 0 };
const map: HuggingFaceMap = {
  model: "Toy",
  modules: { embed_tokens: "wte" },
  stacks: [
    {
      ours: "layers",
      theirs: "h",
      modules: { norm: "ln_1", "mlp.fc_in": "mlp.c_fc" },
      fused: [{ ours: ["attn.q", "attn.k", "attn.v"], theirs: "attn.qkv", layout: concatenatedRows([4, 2, 2]) }],
    },
  ],
  transposed: /(c_fc|qkv)$/,
  prefix: "transformer.",
  ignored: /^lm_head\./,
};
const numbered = (from: number, shape: number[]): Tensor =>
  reshape(range(from, from + shape.reduce((n, d) => n * d, 1)), shape);
const state = (): Map<string, Tensor> =>
  new Map([
    ["embed_tokens.weight", numbered(0, [5, 3])],
    ["layers.1.norm.weight", numbered(20, [3])],
    ["layers.1.attn.q.weight", numbered(30, [4, 3])],
    ["layers.1.attn.k.weight", numbered(50, [2, 3])],
    ["layers.1.attn.v.weight", numbered(60, [2, 3])],
    ["layers.1.attn.q.bias", numbered(70, [4])],
    ["layers.1.attn.k.bias", numbered(80, [2])],
    ["layers.1.attn.v.bias", numbered(90, [2])],
    ["layers.1.mlp.fc_in.weight", numbered(100, [2, 3])],
  ]);

test("renames, fuses and turns, there and back again", () =>
  tidy(() => {
    const ours = state();
    const theirs = toHuggingFace(map, ours);
    expect(Object.fromEntries([...theirs].map(([name, { shape }]) => [name, shape]))).toEqual({
      "wte.weight": [5, 3],
      "h.1.ln_1.weight": [3],
      "h.1.attn.qkv.weight": [3, 8],
      "h.1.attn.qkv.bias": [8],
      "h.1.mlp.c_fc.weight": [3, 2],
    });
    expect(Array.from(theirs.get("h.1.attn.qkv.weight")!.dataSync()).slice(0, 8)).toEqual([
      30, 33, 36, 39, 50, 53, 60, 63,
    ]);
    expect(Array.from(theirs.get("h.1.attn.qkv.bias")!.dataSync())).toEqual([70, 71, 72, 73, 80, 81, 90, 91]);
    const back = fromHuggingFace(map, theirs);
    expect([...back.keys()].sort()).toEqual([...ours.keys()].sort());
    for (const [path, value] of ours) expectClose(back.get(path)!, value, exact);
  }));

test("their prefix is removed and their copies are left out; each tensor is read alone", () =>
  tidy(() => {
    const theirs = toHuggingFace(map, state());
    for (const [name, value] of theirs) {
      const part = fromHuggingFace(map, new Map([[`transformer.${name}`, value]]));
      expect([...part.keys()]).toEqual([...fromHuggingFace(map, new Map([[name, value]])).keys()]);
    }
    expect(fromHuggingFace(map, new Map([["lm_head.weight", zeros([5, 3])]])).size).toBe(0);
  }));

test("grouped rows: each kv head's queries, its key, its value", () =>
  tidy(() => {
    const [heads, kvHeads, headDim] = [4, 2, 2];
    const rows = (name: number, n: number): Tensor => tensor(Array.from({ length: n }, (_, i) => name * 100 + i));
    const layout = groupedRows({ heads, kvHeads, headDim });
    const fused = layout.fuse([rows(1, 8), rows(2, 4), rows(3, 4)]);
    expect(Array.from(fused.dataSync())).toEqual([
      ...[100, 101, 102, 103, 200, 201, 300, 301],
      ...[104, 105, 106, 107, 202, 203, 302, 303],
    ]);
    expect(layout.split(fused).map((part) => Array.from(part.dataSync()))).toEqual([
      [100, 101, 102, 103, 104, 105, 106, 107],
      [200, 201, 202, 203],
      [300, 301, 302, 303],
    ]);
  }));

test("with one query head a group it is BLOOM's [h, 3, H], with one group Falcon-7B's q | k | v", () =>
  tidy(() => {
    const x = numbered(0, [12, 5]);
    const [q, k, v] = groupedRows({ heads: 2, headDim: 2 }).split(x);
    const reference = reshape(x, [2, 3, 2, 5]).arraySync() as number[][][][];
    for (const [i, part] of [q!, k!, v!].entries()) {
      expect(reshape(part, [2, 2, 5]).arraySync()).toEqual(reference.map((head) => head[i]));
    }
    const one = groupedRows({ heads: 4, kvHeads: 1, headDim: 2 }).split(x);
    const plain = concatenatedRows([8, 2, 2]).split(x);
    for (const [i, part] of one.entries()) expectClose(part, plain[i]!, exact);
  }));

test("rows of a rotated head: half a head apart, or side by side", () =>
  tidy(() => {
    const layout = interleavedRows(2);
    const ours = tensor([0, 1, 2, 3, 10, 11, 12, 13]);
    const theirs = layout.fuse([ours]);
    expect(Array.from(theirs.dataSync())).toEqual([0, 2, 1, 3, 10, 12, 11, 13]);
    expectClose(layout.split(theirs)[0]!, ours, exact);
    const matrix = numbered(0, [12, 5]);
    expectClose(layout.split(layout.fuse([matrix]))[0]!, matrix, exact);
    expect(() => layout.fuse([numbered(0, [6, 5])])).toThrow("must have pairs of rows for each, got shape [6,5]");
  }));

test("nothing stays behind", () => {
  const ours = state();
  expectNoLeak(() => fromHuggingFace(map, toHuggingFace(map, ours)));
  const before = memory().numTensors;
  const theirs = toHuggingFace(map, ours);
  const back = fromHuggingFace(map, theirs);
  for (const value of [...theirs.values(), ...back.values()]) value.dispose();
  expect(memory().numTensors).toBe(before);
  expect(ours.get("embed_tokens.weight")!.isDisposed).toBe(false);
});

test("what the model does not have is an error that frees what was made", () => {
  const x = zeros([2]);
  const before = memory().numTensors;
  const of = (...names: string[]): Map<string, Tensor> => new Map(names.map((name) => [name, x]));
  expect(() => toHuggingFace(map, of("layers.0.norm.weight", "layers.0.other.weight"))).toThrow(
    'Toy has no parameter "layers.0.other.weight"',
  );
  expect(() => toHuggingFace(map, of("layers.0.attn.q.weight"))).toThrow("layers.0.attn.k.weight is missing");
  expect(() => toHuggingFace(map, of("layers.0.attn.v.weight"))).toThrow("layers.0.attn.q.weight is missing");
  expect(() => fromHuggingFace(map, of("wte.weight", "h.x.ln_1.weight"))).toThrow("no parameter");
  expect(() => fromHuggingFace(map, of("h.0.constructor.weight"))).toThrow("no parameter");
  expect(() => fromHuggingFace(map, of("wte"))).toThrow("end in .weight or .bias");
  expect(() => fromHuggingFace(map, of("h.0.attn.qkv.bias"))).toThrow(
    "Toy: h.0.attn.qkv.bias: a fused projection must have 8 rows to be split, got shape [2]",
  );
  expect(memory().numTensors).toBe(before);
});
