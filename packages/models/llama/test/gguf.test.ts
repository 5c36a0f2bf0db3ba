import { float32, type MetadataValue, string, uint32 } from "@llm/gguf";
import { type Change, expectStrangersRefused, expectThereAndBack, fileOf, type InGGUF } from "@llm/gguf-testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromGGUF, fromGGUFConfig, Llama, type LlamaConfig, toGGUF, toGGUFConfig } from "../src/index.js";

// That llama.cpp computes the same with such files is shown by packages/tooling/interop.

const sizes = {
  vocabSize: 9,
  maxLength: 16,
  dim: 32,
  heads: 4,
  layers: 2,
  hiddenDim: 24,
  normEps: 1e-6,
  kvHeads: 2,
  ropeScaling: { kind: "llama3", factor: 8 },
} as const;

const storedAs = (model: Llama): InGGUF => ({
  model,
  metadata: () => toGGUFConfig(model.config),
  toGGUF: (state) => toGGUF(state, model.config),
  fromGGUF: (state) => fromGGUF(state, model.config),
});

test("parameters and sizes there and back again", () => {
  const model = new Llama(sizes);
  expectThereAndBack(storedAs(model));
  const file = fileOf(storedAs(model));
  const factors = file.tensors.get("rope_freqs.weight")!.data as Float32Array;
  const { ropeScaling, ...plain } = fromGGUFConfig(file, factors);
  expect(plain).toEqual((({ ropeScaling: _, ...rest }) => rest)(model.config));
  expect(ropeScaling).toEqual({
    kind: "llama3",
    factor: 8,
    lowFrequencyFactor: 1,
    highFrequencyFactor: 4,
    originalLength: 8192,
  });
  expect(() => fromGGUFConfig(file)).toThrow("its values are needed");
  expect(() =>
    fromGGUFConfig(
      file,
      factors.map((x) => x + 1),
    ),
  ).toThrow("does not follow Llama 3's scaling");
  model.dispose();
});

test("what the model does not have is an error", () =>
  expectStrangersRefused(storedAs(new Llama(sizes)), (file) => fromGGUFConfig(file, new Float32Array(4).fill(1))));

type Scaling = NonNullable<LlamaConfig["ropeScaling"]>;

/** The scaling that a file says of a model, whose rope_freqs.weight is read where it has that. */
function scalingIn(ropeScaling: Scaling | undefined, change?: Change) {
  const model = new Llama({ ...sizes, headDim: 16, ropeScaling });
  const file = fileOf(storedAs(model), change);
  model.dispose();
  return fromGGUFConfig(file, file.tensors.get("rope_freqs.weight")?.data as Float32Array | undefined).ropeScaling;
}

test.each<Scaling>([
  { kind: "linear", factor: 4 },
  { kind: "linear", factor: 0.5 },
  { kind: "yarn", factor: 8, originalLength: 32 },
  { kind: "yarn", factor: 2.5, originalLength: 4096, magnitude: 1.25 },
  { kind: "llama3", factor: 32, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalLength: 8192 },
  { kind: "llama3", factor: 8, lowFrequencyFactor: 1.5, highFrequencyFactor: 8, originalLength: 32 },
])("rotations scaled as %o, there and back again", (scaling) => {
  expect(scalingIn(scaling)).toEqual(scaling);
});

test("rotations are scaled under llama.cpp's keys", () => {
  const metadata = toGGUFConfig({
    ...sizes,
    ropeScaling: { kind: "yarn", factor: 4, originalLength: 64, magnitude: 2 },
  });
  expect(metadata.get("llama.rope.scaling.type")).toEqual(string("yarn"));
  expect(metadata.get("llama.rope.scaling.factor")).toEqual(float32(4));
  expect(metadata.get("llama.rope.scaling.original_context_length")).toEqual(uint32(64));
  expect(metadata.get("llama.rope.scaling.attn_factor")?.value).toBeCloseTo(2 / (0.1 * Math.log(4) + 1), 12);
});

test("rotations of files that others wrote", () => {
  const changed = (entries: Record<string, MetadataValue>) => () =>
    scalingIn(undefined, (metadata) => {
      for (const [key, value] of Object.entries(entries)) metadata.set(`llama.rope.${key}`, value);
    });
  expect(changed({})()).toBeUndefined();
  expect(changed({ "scaling.type": string("none"), "scaling.factor": float32(8) })()).toBeUndefined();
  expect(changed({ "scaling.factor": float32(4) })()).toEqual({ kind: "linear", factor: 4 });
  expect(changed({ scale_linear: float32(2) })()).toEqual({ kind: "linear", factor: 2 });
  const yarn = { "scaling.type": string("yarn"), "scaling.factor": float32(8) };
  expect(changed(yarn)()).toEqual({ kind: "yarn", factor: 8, originalLength: sizes.maxLength });
  const own = { "scaling.yarn_beta_fast": float32(16), "scaling.yarn_attn_factor": float32(1.1) };
  expect(changed({ ...yarn, ...own })()).toMatchObject({ betaFast: 16, magnitude: 1.1 });
  expect(changed({ ...yarn, "scaling.yarn_ext_factor": float32(0) })).toThrow("yarn_ext_factor must be 1");
  expect(changed({ "scaling.type": string("longrope") })).toThrow('scaled by "longrope" are not known');
  expect(changed({ "scaling.factor": string("4") })).toThrow("got the string 4");
});

test("a scaling that llama.cpp cannot be told of is an error that says what to do", () => {
  const stored = (ropeScaling: Scaling) => () => toGGUFConfig({ ...sizes, ropeScaling });
  expect(stored({ kind: "ntk", factor: 4 })).toThrow('scaled by "ntk"; set ropeBase to base');
  expect(stored({ kind: "dynamic", factor: 4, originalLength: 64 })).toThrow("linear, yarn and llama3 can be stored");
  expect(stored({ kind: "yarn", factor: 4, originalLength: 64, betaFast: 16 })).toThrow("not 16 and 1");
});

test("whatever a file says of rotations, the answer is a scaling or an error that teaches", () => {
  const metadata = toGGUFConfig(sizes);
  const number = fc.oneof(fc.float().map(float32), fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(uint32));
  const kind = fc.oneof(fc.constantFrom("none", "linear", "yarn", "longrope"), fc.string()).map(string);
  const keys = fc.dictionary(
    fc.constantFrom("factor", "original_context_length", "attn_factor", "yarn_beta_fast", "low_freq_factor", "type"),
    fc.oneof(number, kind),
  );
  const factors = fc.option(fc.float32Array({ maxLength: 9 }), { nil: undefined });
  fc.assert(
    fc.property(keys, factors, (scaling, values) => {
      const changed = new Map(metadata).set("llama.rope.scaling.type", string("yarn"));
      for (const [key, value] of Object.entries(scaling)) changed.set(`llama.rope.scaling.${key}`, value);
      const tensors = new Map(values ? [["rope_freqs.weight", values]] : []);
      try {
        fromGGUFConfig({ metadata: changed, tensors }, values);
      } catch (error) {
        expect((error as Error).message).toMatch(/^(LLaMA in GGUF|metadata|ropeFrequencies)/);
      }
    }),
    { numRuns: 500 },
  );
});
