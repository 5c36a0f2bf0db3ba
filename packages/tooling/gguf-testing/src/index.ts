// What the tests of models share about GGUF: a model as a file, there and back again, and files that lie.

import { decodeGGUF, encodeGGUF, fromFloat32, type GGUFContents, type MetadataValue, string, uint32 } from "@llm/gguf";
import { expectClose, expectNoLeak } from "@llm/testing";
import { dispose, type Tensor, zeros } from "@tensorflow/tfjs-core";
import { expect } from "vitest";

type State = ReadonlyMap<string, Tensor>;

/** Changes metadata in place. */
export type Change = (metadata: Map<string, MetadataValue>) => void;

/** A model and what its package offers for GGUF. */
export interface InGGUF {
  model: { namedParameters(): State };
  metadata: () => Map<string, MetadataValue>;
  toGGUF: (state: State) => Map<string, Tensor>;
  fromGGUF: (state: State) => Map<string, Tensor>;
}

/** A file with the model's sizes and tensors. */
export function fileOf({ model, metadata, toGGUF }: Omit<InGGUF, "fromGGUF">, change: Change = () => {}): GGUFContents {
  const changed = metadata();
  change(changed);
  const tensors = toGGUF(model.namedParameters());
  const stored = [...tensors].map(
    ([name, tensor]) => [name, fromFloat32(tensor.dataSync<"float32">().slice(), tensor.shape)] as const,
  );
  dispose([...tensors.values()]);
  return decodeGGUF(encodeGGUF(changed, new Map(stored)));
}

/**
 * Every parameter comes back as it was, also where one tensor comes alone, as large files are read in parts; and nothing
 * leaks.
 *
 * @param others parameters that the tensors do not hold
 */
export function expectThereAndBack({ model, toGGUF, fromGGUF }: InGGUF, others: State = new Map()): void {
  const theirs = toGGUF(model.namedParameters());
  const ours = new Map([...fromGGUF(theirs), ...others]);
  const exact = { absolute: 0, relative: 0 };
  expect([...ours.keys()].sort()).toEqual([...model.namedParameters().keys()].sort());
  for (const [path, value] of model.namedParameters()) expectClose(ours.get(path) as Tensor, value, exact);
  for (const [name, tensor] of theirs) {
    const parts = fromGGUF(new Map([[name, tensor]]));
    for (const [path, part] of parts) expectClose(part, ours.get(path) as Tensor, exact);
    dispose([...parts.values()]);
  }
  expectNoLeak(() => fromGGUF(toGGUF(model.namedParameters())));
  dispose([...theirs.values(), ...ours.values()]);
}

/** What the model does not have, and sizes that are missing or wrong, are errors that say so. */
export function expectStrangersRefused(
  stored: InGGUF,
  readConfig: (file: GGUFContents) => unknown,
  { tensor = "blk.0.ffn_gate_exps.weight", key }: { tensor?: string; key?: string } = {},
): void {
  const other = (): Map<string, Tensor> => new Map([[tensor, zeros([2])]]);
  expect(() => stored.fromGGUF(other())).toThrow(`no parameter "${tensor}"`);
  expect(() => stored.toGGUF(other())).toThrow("no parameter");
  const file = (change: Change) => () => readConfig(fileOf(stored, change));
  expect(file((metadata) => metadata.set("general.architecture", string("mamba")))).toThrow(
    'architecture "mamba", not ',
  );
  const layers = key ?? ([...stored.metadata().keys()].find((each) => each.endsWith(".block_count")) as string);
  expect(file((metadata) => metadata.delete(layers))).toThrow(`metadata "${layers}" must be a number`);
  expect(file((metadata) => metadata.set(layers, uint32(0)))).toThrow("layers must be a positive whole number");
  expect(file((metadata) => metadata.set(layers, string("2")))).toThrow("got the string 2");
}
