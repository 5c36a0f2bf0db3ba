import { expectClose, readFixture } from "@llm/testing";
import { expect, test } from "vitest";
import { type RopeFrequencyOptions, ropeFrequencies, ropeMagnitude, ropeTable } from "../src/index.js";

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

const { scaled } = readFixture<{ scaled: { options: RopeFrequencyOptions; is: number[] }[] }>(
  import.meta.url,
  "fixtures/rope.json",
);

test.each(scaled)("Hugging Face's frequencies: $options", ({ options, is }) => {
  expectClose(ropeFrequencies(options), is, { absolute: 0, relative: 1e-12 });
});

test("ntk turns the slowest pair as linear scaling would, and leaves the fastest", () => {
  const [plain, ntk] = [undefined, { kind: "ntk", factor: 5 } as const].map((scaling) =>
    ropeFrequencies({ headDim: 64, ...(scaling && { scaling }) }),
  );
  expectClose([ntk![0]!, ntk![31]!], [1, plain![31]! / 5], { absolute: 0, relative: 1e-12 });
});

test("yarn's table carries the magnitude, its frequencies do not", () => {
  const scaling = { kind: "yarn", factor: 16, originalLength: 4096 } as const;
  expectClose([ropeMagnitude(scaling)], [0.1 * Math.log(16) + 1]);
  const { cos } = ropeTable({ headDim: 8, length: 2, scaling });
  expectClose([cos.dataSync()[0]!], [0.1 * Math.log(16) + 1]);
  expect([ropeMagnitude(), ropeMagnitude({ kind: "linear", factor: 2 })]).toEqual([1, 1]);
  expect(ropeMagnitude({ ...scaling, magnitude: 1.5 })).toBe(1.5);
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
  expect(() => ropeFrequencies({ headDim: 8, scaling: { kind: "su", factor: 2 } as never })).toThrow('got "su"');
  expect(() => ropeFrequencies({ headDim: 8, scaling: { kind: "linear", factor: 0 } })).toThrow(
    "factor must be above 0",
  );
  const scaling = { kind: "llama3", factor: 8, lowFrequencyFactor: 4, highFrequencyFactor: 4 } as const;
  expect(() => ropeFrequencies({ headDim: 8, scaling })).toThrow("lowFrequencyFactor < highFrequencyFactor");
  const yarn = { kind: "yarn", factor: 8, originalLength: 64, betaFast: 1 } as const;
  expect(() => ropeFrequencies({ headDim: 8, scaling: yarn })).toThrow("0 < betaSlow < betaFast, got 1 and 1");
  const dynamic = { kind: "dynamic", factor: 2, originalLength: 0 } as const;
  expect(() => ropeFrequencies({ headDim: 8, scaling: dynamic })).toThrow("the context of the original training");
  expect(() => ropeTable({ headDim: 8, length: 0 })).toThrow("length must be a whole number");
});
