import { memory } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { generate, generateText, type TextCodec } from "../src/index.js";
import { ToyModel } from "./toy-model.js";

/** Ids are letters a … j; 10 is half of an é, so that two in a row make one. */
const codec: TextCodec = {
  encode: (text) => Array.from(text, (letter) => letter.charCodeAt(0) - 97),
  decodeStream: () => {
    let half = false;
    return {
      push(id) {
        if (id !== 10) return String.fromCharCode(97 + id);
        half = !half;
        return half ? "" : "é";
      },
      flush: () => (half ? "\ufffd" : ""),
    };
  },
};

test("the pieces are those of the tokenizer's stream, and the reason is passed on", async () => {
  const model = new ToyModel(8);
  const options = { maxTokens: 40, temperature: 4, seed: 1 };
  const ids: number[] = [];
  for await (const id of generate(model, [1, 2], options)) ids.push(id);
  expect(ids).toContain(10);
  const stream = codec.decodeStream();
  const expected = [...ids.map((id) => stream.push(id)), stream.flush()].filter((piece) => piece !== "");

  const pieces: string[] = [];
  const texts = generateText(model, codec, "bc", options);
  let step = await texts.next();
  for (; !step.done; step = await texts.next()) pieces.push(step.value);
  expect(pieces).toEqual(expected);
  expect(step.value).toBe("length");

  const id = ids[0]!;
  const stopped = await generateText(model, codec, "bc", { ...options, stop: [id] }).next();
  expect(stopped).toEqual({ done: true, value: "stop" });
  model.dispose();
});

test("what is incomplete at the end is flushed", async () => {
  const half: TextCodec = { ...codec, decodeStream: () => ({ push: () => "", flush: () => "\ufffd" }) };
  const model = new ToyModel(8);
  const pieces: string[] = [];
  for await (const piece of generateText(model, half, "a", { maxTokens: 2 })) pieces.push(piece);
  expect(pieces).toEqual(["\ufffd"]);
  model.dispose();
});

test("breaking out of the loop frees the cache", async () => {
  const model = new ToyModel(8);
  const run = async (): Promise<void> => {
    for await (const _ of generateText(model, codec, "ab", { maxTokens: 9 })) break;
  };
  await run();
  const before = memory().numTensors;
  await run();
  expect(memory().numTensors).toBe(before);
  model.dispose();
});
