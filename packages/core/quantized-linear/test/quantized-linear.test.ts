import { Linear } from "@llm/linear";
import { Module } from "@llm/module";
import { gradients } from "@llm/ops";
import { Random } from "@llm/random";
import { expectClose } from "@llm/testing";
import { cast, matMul, memory, ones, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { type Bits, dequantize, QuantizedLinear, quantize, quantizedLinear, quantizeLinears } from "../src/index.js";

const normal = (count: number, seed = 1): Float32Array => new Random(seed).fillNormal(new Float32Array(count));

function onBackend(values: Float32Array, [rows, length]: [number, number], bits: Bits): [Tensor, Tensor] {
  const { levels, scales } = quantize(values, [rows, length], bits);
  return [tensor(levels, [rows, levels.length / rows], "int32"), tensor(scales, [rows, length / 32])];
}

describe("quantize", () => {
  test("8 bits: the largest magnitude of a block becomes ±127, by hand", () => {
    const values = new Float32Array(32).fill(0);
    values.set([127, -127, 1, -1, 0.4, 2.5]);
    const { levels, scales } = quantize(values, [1, 32]);
    expect(Array.from(scales)).toEqual([1]);
    expect(Array.from(new Int8Array(levels.buffer, 0, 6))).toEqual([127, -127, 1, -1, 0, 3]);
  });

  test("4 bits: elements j and j + 16 share a byte, the largest is met exactly, by hand", () => {
    const values = new Float32Array(32);
    values.set([-8, 1, 0.4]);
    values.set([7, -3, 7.9], 16);
    const { levels, scales } = quantize(values, [1, 32], 4);
    expect(Array.from(scales)).toEqual([1]);
    const bytes = new Uint8Array(levels.buffer);
    expect(Array.from(bytes.subarray(0, 4))).toEqual([0 | (15 << 4), 9 | (5 << 4), 8 | (15 << 4), 8 | (8 << 4)]);
  });

  test.each([8, 4] as const)("%i bits: no value is further off than its block allows", (bits) => {
    const values = normal(7 * 96).map((value, i) => value * 10 ** ((i >> 5) % 5));
    const [levels, scales] = onBackend(values, [7, 96], bits);
    const back = dequantize(levels, scales, bits).dataSync();
    const steps = scales.dataSync();
    // Half a step; with 4 bits the side opposite of the largest value ends half a step earlier.
    const off = bits === 8 ? 0.5 : 1;
    values.forEach((value, i) => {
      expect(Math.abs((back[i] as number) - value)).toBeLessThanOrEqual(
        off * Math.abs(steps[i >> 5] as number) * (1 + 1e-5),
      );
    });
  });

  test.each([8, 4] as const)("%i bits: what is quantized already stays what it is", (bits) => {
    const [levels, scales] = onBackend(normal(4 * 64), [4, 64], bits);
    const once = dequantize(levels, scales, bits);
    const [levelsAgain, scalesAgain] = onBackend(once.dataSync() as Float32Array, [4, 64], bits);
    expectClose(dequantize(levelsAgain, scalesAgain, bits), once, { absolute: 0, relative: 1e-6 });
  });

  test.each([8, 4] as const)("%i bits: a block of zeros", (bits) => {
    const [levels, scales] = onBackend(new Float32Array(64), [2, 32], bits);
    expect(
      dequantize(levels, scales, bits)
        .dataSync()
        .every((value) => value === 0),
    ).toBe(true);
  });

  test("what cannot be quantized", () => {
    expect(() => quantize(new Float32Array(33), [1, 33])).toThrow("no whole number of blocks");
    expect(() => quantize(new Float32Array(32), [2, 32])).toThrow("needs 64 values, got 32");
    expect(() => quantize(new Float32Array(32), [1, 32], 5 as Bits)).toThrow("8 or 4");
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const values = new Float32Array(64);
      values[40] = bad;
      expect(() => quantize(values, [2, 32])).toThrow(`value 40 is ${bad}`);
      expect(() => quantize(values, [2, 32], 4)).toThrow(`value 40 is ${bad}`);
    }
  });
});

describe("quantizedLinear", () => {
  test.each([8, 4] as const)("%i bits: the product with the dequantized weight, and its gradient", (bits) => {
    const before = memory().numTensors;
    tidy(() => {
      const [levels, scales] = onBackend(normal(5 * 64, 2), [5, 64], bits);
      const weight = dequantize(levels, scales, bits);
      for (const rows of [1, 3, 6]) {
        const x = tensor(normal(rows * 64, 3), [rows, 64]);
        expectClose(quantizedLinear(x, levels, scales, bits), matMul(x, weight as never, false, true), {
          absolute: 1e-4,
        });
        const dy = tensor(normal(rows * 5, 4), [rows, 5]);
        const [dx] = gradients((each) => quantizedLinear(each as Tensor, levels, scales, bits), [x], dy);
        expectClose(dx as Tensor, matMul(dy, weight as never), { absolute: 1e-4 });
      }
    });
    expect(memory().numTensors).toBe(before);
  });

  test("shapes and types that do not fit", () => {
    const [levels, scales] = onBackend(normal(64), [2, 32], 8);
    expect(() => quantizedLinear(ones([1, 64]), levels, scales)).toThrow("needs scales [out, 2], got [2,1]");
    expect(() => quantizedLinear(ones([1, 32]), levels, scales, 4)).toThrow("int32 [2,4], got int32 [2,8]");
    expect(() => quantizedLinear(ones([1, 32]), cast(levels, "float32"), scales)).toThrow("got float32");
  });
});

test("QuantizedLinear stands for a layer, bias included, and trains nothing", async () => {
  const layer = new Linear({ inDim: 64, outDim: 8, random: new Random(5) });
  layer.bias?.assign(ones([8]));
  const quantized = await QuantizedLinear.from(layer);
  const x = tensor(normal(3 * 64, 6), [3, 64]);
  expectClose(quantized.forward(x), layer.forward(x), { absolute: 0.02 });
  expect([...quantized.namedParameters().values()].some(({ trainable }) => trainable)).toBe(false);
  const four = await QuantizedLinear.from(layer, 4);
  expectClose(four.forward(x), layer.forward(x), { absolute: 0.4 });
});

test("quantizeLinears replaces what it can and leaves the rest", async () => {
  class Model extends Module {
    readonly layers: { forward(x: Tensor): Tensor }[] = [
      new Linear({ inDim: 64, outDim: 32, random: new Random(7) }),
      new Linear({ inDim: 33, outDim: 2 }),
    ];
    readonly head = new Linear({ inDim: 64, outDim: 8, bias: false });
    readonly tied = this.head.weight;
  }
  const before = memory().numTensors;
  const model = new Model();
  const first = model.layers[0] as Linear;
  const x = tensor(normal(64, 8), [1, 64]);
  const forward = (): number[] => tidy(() => Array.from(model.layers[0]?.forward(x).dataSync() ?? []));
  const expected = forward();
  expect(await quantizeLinears(model)).toEqual(["layers.0"]);
  expect(model.layers[0]).toBeInstanceOf(QuantizedLinear);
  expect(model.layers[1]).toBeInstanceOf(Linear);
  expect(model.head.weight.isDisposed).toBe(false);
  expect(first.weight.isDisposed).toBe(true);
  expectClose(forward(), expected, { absolute: 0.02 });
  model.dispose();
  x.dispose();
  expect(memory().numTensors).toBe(before);
});
