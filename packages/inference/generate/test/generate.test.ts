import { Random } from "@llm/random";
import { memory, tensor, tidy } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { type FinishReason, type GenerateOptions, generate, type LanguageModel } from "../src/index.js";
import { ToyModel } from "./toy-model.js";

async function collect(
  model: LanguageModel,
  prompt: number[],
  options: GenerateOptions,
): Promise<{ ids: number[]; reason: FinishReason }> {
  const stream = generate(model, prompt, options);
  const ids: number[] = [];
  for (;;) {
    const { done, value } = await stream.next();
    if (done) return { ids, reason: value };
    ids.push(value);
  }
}

/** What greedy decoding must give: the largest logit of a full pass, without a cache. */
function argmax(model: ToyModel, ids: number[]): number {
  const logits = tidy(() => Array.from(model.forward(tensor([ids], [1, ids.length], "int32")).dataSync()));
  const last = logits.slice(-model.vocabSize);
  return last.indexOf(Math.max(...last));
}

test("greedy tokens are those of a full pass over everything so far", async () => {
  const model = new ToyModel(16);
  const prompts = [[3], [1, 2, 3], [10, 0, 7, 7, 5]];
  const seen = new Set<number>();
  for (const prompt of prompts) {
    const { ids, reason } = await collect(model, prompt, { maxTokens: 10, temperature: 0 });
    expect(ids.length).toBe(10);
    expect(reason).toBe("length");
    const all = prompt.slice();
    for (const id of ids) {
      expect(id).toBe(argmax(model, all));
      all.push(id);
      seen.add(id);
    }
  }
  // A model that says always the same would prove little.
  expect(seen.size).toBeGreaterThan(2);
  model.dispose();
});

test("the prompt is read once, then one token at a time", async () => {
  const model = new ToyModel(16);
  await collect(model, [1, 2, 3], { maxTokens: 3 });
  expect(model.calls.map(({ length, offset }) => [length, offset])).toEqual([
    [3, 0],
    [1, 3],
    [1, 4],
  ]);
  model.dispose();
});

test("a full context goes on from its last half", async () => {
  const model = new ToyModel(7);
  const prompt = [1, 2, 3, 4, 5];
  const { ids } = await collect(model, prompt, { maxTokens: 9, temperature: 0 });
  // 5 + 2 fit; the eighth id does not: the last ⌈7/2⌉ = 4 are read again, and 3 more fit.
  expect(model.calls.map(({ length, offset }) => [length, offset])).toEqual([
    [5, 0],
    [1, 5],
    [1, 6],
    [4, 0],
    [1, 4],
    [1, 5],
    [1, 6],
    [4, 0],
    [1, 4],
  ]);
  const all = [...prompt, ...ids];
  expect(ids[3]).toBe(argmax(model, all.slice(4, 8)));
  expect(ids[4]).toBe(argmax(model, all.slice(4, 9)));
  expect(ids[7]).toBe(argmax(model, all.slice(8, 12)));
  model.dispose();
});

test("the smallest context, and a prompt that fills it", async () => {
  const model = new ToyModel(1);
  const { ids } = await collect(model, [4], { maxTokens: 3, temperature: 0 });
  expect(ids[0]).toBe(argmax(model, [4]));
  expect(ids[2]).toBe(argmax(model, [ids[1]!]));
  model.dispose();
});

test("a seed repeats, seeds differ, and a random stream may be given", async () => {
  const model = new ToyModel(16);
  const draw = async (options: Partial<GenerateOptions>): Promise<string> =>
    (await collect(model, [1, 2], { maxTokens: 12, temperature: 3, ...options })).ids.join();
  expect(await draw({ seed: 5 })).toBe(await draw({ seed: 5 }));
  expect(await draw({ seed: 5 })).not.toBe(await draw({ seed: 6 }));
  expect(await draw({})).toBe(await draw({ seed: 0 }));
  expect(await draw({ random: new Random(5) })).toBe(await draw({ seed: 5 }));
  model.dispose();
});

test("sampling options reach the sampler, with prompt and output as the history", async () => {
  const model = new ToyModel(16);
  const greedy = await collect(model, [1, 2], { maxTokens: 5, temperature: 0 });
  expect((await collect(model, [1, 2], { maxTokens: 5, topK: 1 })).ids).toEqual(greedy.ids);
  // A penalty so high that no token comes twice as long as another is left.
  const { ids } = await collect(model, [1, 2], { maxTokens: 9, temperature: 0, repetitionPenalty: 1e6 });
  const shifted = [1, 2, ...ids];
  expect(new Set(shifted).size).toBeGreaterThan(new Set([1, 2, ...greedy.ids]).size);
  await expect(collect(model, [1], { maxTokens: 1, topP: 2 })).rejects.toThrow("topP");
  model.dispose();
});

test("a stop id ends, and is not yielded", async () => {
  const model = new ToyModel(16);
  const { ids } = await collect(model, [1, 2], { maxTokens: 8, temperature: 3, seed: 4 });
  const stop = ids.find((id, i) => i > 0 && ids.indexOf(id) === i)!;
  const stopped = await collect(model, [1, 2], { maxTokens: 8, temperature: 3, seed: 4, stop: [stop] });
  expect(stopped).toEqual({ ids: ids.slice(0, ids.indexOf(stop)), reason: "stop" });
  expect(await collect(model, [1], { maxTokens: 0 })).toEqual({ ids: [], reason: "length" });
  model.dispose();
});

test("an abort throws its reason", async () => {
  const model = new ToyModel(16);
  const controller = new AbortController();
  const ids: number[] = [];
  const run = async (): Promise<void> => {
    for await (const id of generate(model, [1], { maxTokens: 99, signal: controller.signal })) {
      ids.push(id);
      if (ids.length === 2) controller.abort(new Error("enough"));
    }
  };
  await expect(run()).rejects.toThrow("enough");
  expect(ids.length).toBe(2);
  model.dispose();
});

test("nothing stays behind: at the end, after a break, an abort or an error", async () => {
  const model = new ToyModel(6);
  await collect(model, [1, 2], { maxTokens: 2 });
  const before = memory().numTensors;
  await collect(model, [1, 2], { maxTokens: 20 });
  expect(memory().numTensors).toBe(before);
  for await (const _ of generate(model, [1, 2], { maxTokens: 20 })) break;
  expect(memory().numTensors).toBe(before);
  await expect(collect(model, [1], { maxTokens: 3, signal: AbortSignal.abort() })).rejects.toThrow();
  await expect(collect(model, [1], { maxTokens: 3, minP: -1 })).rejects.toThrow("minP");
  expect(memory().numTensors).toBe(before);
  model.dispose();
});

test("a model in training mode is evaluated, and left in training mode", async () => {
  const model = new ToyModel(8);
  expect(model.training).toBe(true);
  await collect(model, [1], { maxTokens: 2 });
  expect(model.calls.every(({ training }) => !training)).toBe(true);
  expect([model.training, model.attention.training]).toEqual([true, true]);
  model.eval();
  await collect(model, [1], { maxTokens: 2 });
  expect(model.training).toBe(false);
  model.dispose();
});

test("errors teach", async () => {
  const model = new ToyModel(4);
  const fail = (prompt: number[], options: Partial<GenerateOptions> = {}): Promise<unknown> =>
    collect(model, prompt, { maxTokens: 1, ...options });
  await expect(fail([])).rejects.toThrow("the prompt is empty");
  await expect(fail([1, 2, 3, 4, 5])).rejects.toThrow("the prompt has 5 ids, the model's context 4; keep the last 4");
  await expect(fail([11])).rejects.toThrow("prompt id 11 is not in the vocabulary of 11");
  await expect(fail([0.5])).rejects.toThrow("prompt id 0.5");
  await expect(fail([1], { maxTokens: -1 })).rejects.toThrow("maxTokens must be a number of at least 0, got -1");
  await expect(fail([1], { maxTokens: Number.NaN })).rejects.toThrow("got NaN");
  model.embedding.assign(tensor(new Float32Array(88).fill(Number.NaN), [11, 8]) as never);
  await expect(fail([1])).rejects.toThrow("diverged");
  model.dispose();
});
