import { gradients } from "@llm/ops";
import { expectNoLeak } from "@llm/testing";
import { add, cast, matMul, mul, reshape, softmax, sub, sum, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  attentionPattern,
  batchTensors,
  crossAttentionPattern,
  pair,
  plainPattern,
  type Sequence,
  type SequenceBatch,
  sequence,
  stackRows,
} from "../src/index.js";

const text = (length: number, open = 0): Sequence =>
  sequence(new Int32Array(length).fill(3), new Int32Array(length).fill(4), { open });
const rows = (batch: SequenceBatch): string[] => {
  const allowed = attentionPattern(batch);
  return Array.from({ length: batch.rows * batch.length }, (_, i) =>
    allowed.subarray(i * batch.length, (i + 1) * batch.length).join(""),
  );
};

test("causal, prefix and padding in one row", () => {
  expect(rows(stackRows([[text(2), text(3, 2)]], { length: 6, padId: 0 }))).toEqual([
    "100000",
    "110000",
    "001100",
    "001100",
    "001110",
    "000001",
  ]);
});

test("the decoder sees its own document in the encoder, all of it, and no other", () => {
  const batch = stackRows([[pair([1, 2], [3], { startId: 0 }), pair([4], [5, 6], { startId: 0 })]], { padId: 0 });
  expect(Array.from(crossAttentionPattern(batch))).toEqual([1, 1, 0, 0, 0, 1, 0, 0, 1]);
});

const documents = fc.array(
  fc.array(
    fc.integer({ min: 1, max: 4 }).chain((n) => fc.tuple(fc.constant(n), fc.nat(n))),
    { maxLength: 3 },
  ),
  { minLength: 1, maxLength: 3 },
);

test("no token ever attends to another document, and every token to itself", () => {
  fc.assert(
    fc.property(documents, (groups) => {
      fc.pre(groups.some((group) => group.length > 0));
      const batch = stackRows(
        groups.map((group) => group.map(([n, open]) => text(n, open))),
        { length: 13, padId: 0 },
      );
      const allowed = attentionPattern(batch);
      for (let b = 0; b < batch.rows; b++) {
        for (let i = 0; i < 13; i++) {
          expect(allowed[(b * 13 + i) * 13 + i]).toBe(1);
          for (let j = 0; j < 13; j++) {
            const same = batch.segments[b * 13 + i] === batch.segments[b * 13 + j];
            if (!same) expect(allowed[(b * 13 + i) * 13 + j]).toBe(0);
          }
        }
      }
    }),
  );
});

test("a pattern is called plain only where the plain one allows the same to every token of the text", () => {
  fc.assert(
    fc.property(documents, fc.boolean(), (groups, tight) => {
      fc.pre(groups.some((group) => group.length > 0));
      const examples = groups.map((group) => group.map(([n, open]) => text(n, open)));
      const batch = stackRows(examples, { ...(!tight && { length: 13 }), padId: 0 });
      const plain = plainPattern(batch);
      const allowed = attentionPattern(batch);
      const same = (rule: (i: number, j: number) => boolean): boolean => {
        for (let at = 0; at < allowed.length; at++) {
          const [i, j] = [Math.floor(at / batch.length) % batch.length, at % batch.length];
          const query = Math.floor(at / batch.length);
          if (batch.segments[query] !== 0 && (allowed[at] === 1) !== rule(i, j)) return false;
        }
        return true;
      };
      if (plain === "causal") expect(same((i, j) => j <= i)).toBe(true);
      if (plain === "none") expect(same(() => true)).toBe(true);
      // A single document a row is the plain causal case, and must not cost a mask.
      if (groups.every((group) => group.length === 1 && group.every(([, open]) => open === 0))) {
        expect(plain).toBe("causal");
      }
    }),
  );
  expect(plainPattern(stackRows([[text(3, 3)], [text(3, 3)]], { padId: 0 }))).toBe("none");
  expect(plainPattern(stackRows([[text(3, 3)], [text(2, 2)]], { padId: 0 }))).toBeUndefined();
  expect(plainPattern(stackRows([[text(3, 2)]], { padId: 0 }))).toBeUndefined();
});

test("nothing leaks: the gradient of an output is exactly 0 where the pattern forbids, and nowhere else", () => {
  const batch = stackRows([[text(3, 1), text(2, 2)], [text(4, 3)]], { length: 6, padId: 0 });
  const [B, T] = [batch.rows, batch.length];
  const allowed = attentionPattern(batch);
  const x = tensor(
    Float32Array.from({ length: B * T * 2 }, (_, i) => Math.sin(i)),
    [B, T, 2],
  );
  const attend = (input: Tensor): Tensor => {
    const mask = reshape(cast((batchTensors(batch) as { mask: Tensor }).mask, "float32"), [B, T, T]);
    const scores = add(matMul(input, input, false, true), mul(sub(1, mask), -1e30));
    return matMul(softmax(scores), input);
  };
  for (let i = 0; i < B * T; i++) {
    const pick = tensor(
      Float32Array.from({ length: B * T * 2 }, (_, k) => (Math.floor(k / 2) === i ? 1 : 0)),
      [B, T, 2],
    );
    const [grad] = gradients((input) => sum(mul(attend(input as Tensor), pick)), [x]);
    const values = (grad as Tensor).dataSync();
    for (let j = 0; j < B * T; j++) {
      const seen = Math.floor(i / T) === Math.floor(j / T) && allowed[i * T + (j % T)] === 1;
      const moved = values[2 * j] !== 0 || values[2 * j + 1] !== 0;
      expect([i, j, moved]).toEqual([i, j, seen]);
    }
  }
});

test("tensors have the shapes that models take, and are freed", () => {
  const run = (): void => {
    const { ids_BT, targets_BT, positions_BT, blockPositions_BT, mask } = batchTensors(
      stackRows([[text(3, 1)], [text(2, 1)]], { padId: 0 }),
    ) as ReturnType<typeof batchTensors> & {
      ids_BT: Tensor;
      targets_BT: Tensor;
      positions_BT: Tensor;
      blockPositions_BT?: Tensor;
      mask: Tensor;
    };
    expect([ids_BT, targets_BT, positions_BT].map(({ shape, dtype }) => `${dtype} ${shape}`)).toEqual(
      Array(3).fill("int32 2,3"),
    );
    expect(blockPositions_BT).toBeUndefined();
    expect([mask.dtype, mask.shape]).toEqual(["bool", [2, 1, 3, 3]]);
  };
  run();
  expectNoLeak(run);
  const pairs = tidy(() => {
    const { crossMask, encoder, decoder } = batchTensors(
      stackRows([[pair([1, 2, 3], [4], { startId: 0 })]], { padId: 0 }),
    );
    return { shape: crossMask.shape, masks: [encoder.mask, decoder.mask] } as never;
  }) as unknown as { shape: number[]; masks: string[] };
  expect(pairs).toEqual({ shape: [1, 1, 1, 3], masks: ["none", "causal"] });
});
