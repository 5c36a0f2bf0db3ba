import { expectClose, readFixture } from "@llm/testing";
import { expect, test } from "vitest";
import { ropeFrequencies, ropeTable } from "../src/index.js";

test("published frequencies", () => {
  const plain = ropeFrequencies({ headDim: 128 });
  expectClose([plain[0]!, plain[1]!, plain[63]!], [1, 0.8659643, 1.15478e-4], { absolute: 0, relative: 3e-6 });
  expectClose([ropeFrequencies({ headDim: 128, base: 500_000 })[63]!], [2.45514e-6], { absolute: 0, relative: 3e-6 });
});

test("linear scaling divides every frequency", () => {
  const scaled = ropeFrequencies({ headDim: 8, scaling: { kind: "linear", factor: 4 } });
  expectClose(
    scaled,
    Array.from(ropeFrequencies({ headDim: 8 }), (theta) => theta / 4),
    { absolute: 0, relative: 0 },
  );
});

test("Llama 3.1's frequencies are Hugging Face's", () => {
  const { llama3 } = readFixture<{ llama3: number[] }>(import.meta.url, "fixtures/rope.json");
  const scaled = ropeFrequencies({ headDim: 128, base: 500_000, scaling: { kind: "llama3", factor: 8 } });
  // Both are float64, in a different order of operations.
  expectClose(scaled, llama3, { absolute: 0, relative: 1e-13 });
});

test("the table is rounded once from float64, however far the position", () => {
  const length = 20_000;
  const { cos, sin } = ropeTable({ headDim: 4, length });
  expect(cos.shape).toEqual([length, 2]);
  const last = length - 1;
  expectClose(
    [cos.dataSync()[2 * last]!, sin.dataSync()[2 * last]!, sin.dataSync()[2 * last + 1]!],
    [Math.cos(last), Math.sin(last), Math.sin(last * 0.01)].map(Math.fround),
    { absolute: 0, relative: 0 },
  );
});

test("errors teach", () => {
  expect(() => ropeFrequencies({ headDim: 7 })).toThrow("features turn in pairs; got 7");
  expect(() => ropeFrequencies({ headDim: 8, base: 0 })).toThrow("base must be above 0");
  expect(() => ropeFrequencies({ headDim: 8, scaling: { kind: "yarn", factor: 2 } as never })).toThrow('got "yarn"');
  expect(() => ropeFrequencies({ headDim: 8, scaling: { kind: "linear", factor: 0 } })).toThrow(
    "factor must be above 0",
  );
  const scaling = { kind: "llama3", factor: 8, lowFrequencyFactor: 4, highFrequencyFactor: 4 } as const;
  expect(() => ropeFrequencies({ headDim: 8, scaling })).toThrow("lowFrequencyFactor < highFrequencyFactor");
  expect(() => ropeTable({ headDim: 8, length: 0 })).toThrow("length must be a whole number");
});
