import { available } from "@llm/testing";
import { add, dispose, memory, setBackend, tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { nativeMachine, registerNativeBackend } from "../src/index.js";

describe.skipIf(!available("native"))("the addon", () => {
  beforeAll(async () => {
    registerNativeBackend();
    await setBackend("native");
  });

  test("says what it is", () => {
    const { isa, threads, kernels } = nativeMachine();
    expect(["avx512", "avx2", "portable"]).toContain(isa);
    expect(threads).toBeGreaterThanOrEqual(1);
    expect(new Set(kernels).size).toBe(kernels.length);
  });

  test("refuses what it cannot do", () => {
    const machine = nativeMachine();
    expect(() => machine.run(1e6)).toThrow("no kernel of this number");
    expect(() => machine.allocate(2 ** 52)).toThrow("no memory left");
  });

  test("values that were read stay, whatever the memory is used for next", () => {
    const x = tensor([1, 2, 3, 4]);
    const sum = add(x, x);
    const values = sum.dataSync();
    dispose([x, sum]);
    tidy(() => void add(tensor([9, 9, 9, 9]), 1).dataSync());
    expect(Array.from(values)).toEqual([2, 4, 6, 8]);
    const before = memory().numTensors;
    tidy(() => void add(tensor([9, 9, 9, 9]), 1));
    expect(memory().numTensors).toBe(before);
  });
});
