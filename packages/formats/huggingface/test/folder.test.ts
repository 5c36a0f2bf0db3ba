import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSafetensors, fromFloat32, type StoredTensor } from "@llm/safetensors";
import type { LazyTensor } from "@llm/safetensors/node";
import { afterAll, describe, expect, test } from "vitest";
import { openHuggingFace, writeHuggingFace } from "../src/node.js";

const root = mkdtempSync(join(tmpdir(), "huggingface-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;
const fresh = (): string => join(root, `model${count++}`);
const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => i);
const tensors = new Map<string, StoredTensor>([
  ["a.weight", fromFloat32(ramp(6), [2, 3])],
  ["b.weight", fromFloat32(ramp(8), [8], "BF16")],
  ["c.weight", fromFloat32(ramp(4), [4], "F16")],
]);
const config = { model_type: "llama", hidden_size: 4 };

describe("out and in again", () => {
  test("in one file", async () => {
    const folder = fresh();
    expect(await writeHuggingFace(folder, { config, tensors })).toEqual(["model.safetensors", "config.json"]);
    const model = await openHuggingFace(folder);
    expect(model.config).toEqual(config);
    expect(model.tokenizerPath).toBeUndefined();
    expect([...model.tensors.keys()].sort()).toEqual([...tensors.keys()]);
    for (const [name, tensor] of tensors) expect(await model.read(name)).toEqual(tensor);
    expect(await model.readFloat32("b.weight")).toEqual({ shape: [8], values: ramp(8) });
    await expect(model.read("d")).rejects.toThrow('has no tensor "d"');
    await model.close();
  });

  test("in shards, with the tokenizer as it is", async () => {
    const [folder, tokenizerPath] = [fresh(), join(root, "some.json")];
    writeFileSync(tokenizerPath, '{ "version": "1.0" }');
    const lazy = new Map([...tensors].map(([name, t]) => [name, { ...t, data: () => t.data } as LazyTensor]));
    const written = await writeHuggingFace(folder, { config, tensors: lazy, tokenizerPath, shardBytes: 30 });
    expect(written).toEqual([
      "model-00001-of-00002.safetensors",
      "model-00002-of-00002.safetensors",
      "model.safetensors.index.json",
      "tokenizer.json",
      "config.json",
    ]);
    expect(JSON.parse(readFileSync(join(folder, "model.safetensors.index.json"), "utf8"))).toEqual({
      metadata: { total_size: 48 },
      weight_map: {
        "a.weight": "model-00001-of-00002.safetensors",
        "b.weight": "model-00002-of-00002.safetensors",
        "c.weight": "model-00002-of-00002.safetensors",
      },
    });
    const model = await openHuggingFace(folder);
    for (const [name, tensor] of tensors) expect(await model.read(name)).toEqual(tensor);
    expect(readFileSync(model.tokenizerPath!, "utf8")).toBe('{ "version": "1.0" }');
    await model.close();
  });

  test("nothing is overwritten, and config.json comes last", async () => {
    const folder = fresh();
    const broken = new Map([
      ["x", { dtype: "F32" as const, shape: [1], data: () => Promise.reject(new Error("lost")) }],
    ]);
    await expect(writeHuggingFace(folder, { config, tensors: broken })).rejects.toThrow("lost");
    expect(readdirSync(folder)).toEqual([]);
    await writeHuggingFace(folder, { config, tensors });
    await expect(writeHuggingFace(folder, { config, tensors })).rejects.toThrow("is not empty: it holds config.json");
  });

  test("a snapshot of the hub's cache, whose files are links", async () => {
    const cache = fresh();
    const [snapshot, blobs] = [join(cache, "snapshots", "abc"), join(cache, "blobs")];
    await writeHuggingFace(blobs, { config, tensors });
    mkdirSync(snapshot, { recursive: true });
    for (const name of readdirSync(blobs)) symlinkSync(join("..", "..", "blobs", name), join(snapshot, name));
    const model = await openHuggingFace(snapshot);
    expect(await model.read("a.weight")).toEqual(tensors.get("a.weight"));
    await model.close();
  });
});

describe("what is wrong with a folder is said", () => {
  /** A folder with these files: bytes, text, or what JSON.stringify makes of it. */
  function folderOf(files: Record<string, unknown>): string {
    const folder = fresh();
    mkdirSync(folder);
    for (const [name, content] of Object.entries(files)) {
      const raw = content instanceof Uint8Array || typeof content === "string";
      writeFileSync(join(folder, name), raw ? content : JSON.stringify(content));
    }
    return folder;
  }
  const file = (...names: string[]): Uint8Array =>
    encodeSafetensors(new Map(names.map((name) => [name, fromFloat32(ramp(2), [2])])));
  const INDEX = "model.safetensors.index.json";
  const map = (weight_map: object): object => ({ weight_map });

  test.each([
    ["no config", { "model.safetensors": file("x") }, "there is no config.json in"],
    ["a config that is no JSON", { "config.json": "{" }, "config.json is not valid JSON"],
    ["a config that is a list", { "config.json": [] }, "config.json must hold an object, got an array"],
    ["no weights", { "config.json": {} }, "there is neither model.safetensors nor model.safetensors.index.json in"],
    ["pickled weights", { "config.json": {}, "pytorch_model.bin": "" }, "save the model as safetensors"],
    ["a cut file", { "config.json": {}, "model.safetensors": file("x").subarray(0, 20) }, "reaches beyond the end"],
    ["an index that is no JSON", { "config.json": {}, [INDEX]: "nope" }, `${INDEX} is not valid JSON`],
    ["an index without a map", { "config.json": {}, [INDEX]: { weight_map: [] } }, 'must have an object "weight_map"'],
    [
      "a missing shard",
      { "config.json": {}, [INDEX]: map({ x: "a.safetensors" }) },
      "names a.safetensors, which is not there",
    ],
    [
      "a tensor that is elsewhere",
      {
        "config.json": {},
        [INDEX]: map({ x: "b.safetensors", y: "a.safetensors" }),
        "a.safetensors": file("x", "y"),
        "b.safetensors": file("z"),
      },
      'tensor "x" is not in b.safetensors',
    ],
    [
      "a tensor that is nowhere",
      {
        "config.json": {},
        [INDEX]: map({ x: "a.safetensors", constructor: "a.safetensors" }),
        "a.safetensors": file("x"),
      },
      'tensor "constructor" is not in a.safetensors',
    ],
    [
      "a tensor that is not named",
      { "config.json": {}, [INDEX]: map({ x: "a.safetensors" }), "a.safetensors": file("x", "y") },
      'does not name "y", which is in',
    ],
    [
      "a tensor in two files",
      {
        "config.json": {},
        [INDEX]: map({ x: "a.safetensors", y: "b.safetensors" }),
        "a.safetensors": file("x"),
        "b.safetensors": file("x", "y"),
      },
      'tensor "x" is in',
    ],
  ])("%s", async (_, files, message) => {
    await expect(openHuggingFace(folderOf(files))).rejects.toThrow(message);
  });

  test.each([
    "../secret.safetensors",
    "/etc/passwd",
    "sub/a.safetensors",
    "..\\a.safetensors",
    "a.safetensors\0",
    "C:a.safetensors",
    ".safetensors",
    "a.bin",
    7,
    null,
    "x".repeat(300),
  ])("a shard called %j is not looked for", async (name) => {
    writeFileSync(join(root, "secret.safetensors"), file("x"));
    const folder = folderOf({ "config.json": {}, [INDEX]: map({ x: name }) });
    await expect(openHuggingFace(folder)).rejects.toThrow("which is not the plain name of a .safetensors file");
  });

  test("links that leave the folder, and what is no file, are not opened", async () => {
    const outside = join(root, "outside.safetensors");
    writeFileSync(outside, file("x"));
    const link = folderOf({ "config.json": {} });
    symlinkSync(outside, join(link, "model.safetensors"));
    await expect(openHuggingFace(link)).rejects.toThrow("is a link that leaves the folder");
    const configLink = folderOf({ "model.safetensors": file("x") });
    symlinkSync("/etc/hostname", join(configLink, "config.json"));
    await expect(openHuggingFace(configLink)).rejects.toThrow("is a link that leaves the folder");
    const folder = folderOf({ "config.json": {} });
    mkdirSync(join(folder, "model.safetensors"));
    await expect(openHuggingFace(folder)).rejects.toThrow("model.safetensors is no file");
    const within = folderOf({ "config.json": {}, "weights.bin": file("x") });
    symlinkSync("weights.bin", join(within, "model.safetensors"));
    await (await openHuggingFace(within)).close();
  });

  test.each([
    ["F32", Number.NaN],
    ["F32", Number.POSITIVE_INFINITY],
    ["F16", Number.NaN],
    ["BF16", Number.NEGATIVE_INFINITY],
  ] as const)("a weight in %s that is %d", async (dtype, value) => {
    const x = fromFloat32(Float32Array.of(1, 2, value, 3), [4], dtype);
    const folder = folderOf({ "config.json": {}, "model.safetensors": encodeSafetensors(new Map([["x", x]])) });
    const model = await openHuggingFace(folder);
    await expect(model.read("x")).rejects.toThrow('model.safetensors: tensor "x": element 2 of 4 is NaN or infinite');
    await model.close();
    const lenient = await openHuggingFace(folder, { nonFinite: "keep" });
    expect(await lenient.read("x")).toEqual(x);
    await lenient.close();
  });
});
