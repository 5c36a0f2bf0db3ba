import { add, ones, setBackend, sum, tensor } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { registerSimdBackend, simdMachine } from "../src/index.js";
import { LinearMemory } from "../src/memory.js";

test("threads must be a positive whole number", async () => {
  await expect(simdMachine({ threads: 0 })).rejects.toThrow(RangeError);
  await expect(simdMachine({ threads: 1.5 })).rejects.toThrow("got 1.5");
});

test("one thread and several are the same kernels", async () => {
  const [one, three] = await Promise.all([simdMachine({ threads: 1 }), simdMachine({ threads: 3 })]);
  expect(three.kernels).toEqual(one.kernels);
  expect(one.threads).toBe(1);
});

test("tensors survive that the memory grows under them", async () => {
  registerSimdBackend({ threads: 1 });
  await setBackend("simd");
  const small = add(tensor([1, 2, 3]), 1);
  const large = ones([3000, 3000]); // 36 MB, where 4 MiB were there
  expect((sum(large).dataSync()[0] as number) / 9e6).toBeCloseTo(1, 6);
  expect(Array.from(small.dataSync())).toEqual([2, 3, 4]);
});

test("at the end of the memory, the error says what was asked for and what is held", () => {
  const linear = new LinearMemory(new WebAssembly.Memory({ initial: 1, maximum: 2 }));
  const first = linear.block(1000);
  const second = linear.block(100_000);
  expect(second.address).toBeGreaterThanOrEqual(first.address + 1000);
  expect(second.address % 64).toBe(0);
  expect(second.buffer.byteLength).toBe(131_072);
  expect(() => linear.block(2 ** 20)).toThrow(/1\.0 MiB were asked for, 0 MiB are held/);
});
