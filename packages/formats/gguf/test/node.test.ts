import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { encodeGGUF, fromFloat32, GGUFError, type MetadataValue, string } from "../src/index.js";
import { readGGUF, writeGGUF } from "../src/node.js";

const root = mkdtempSync(join(tmpdir(), "gguf-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const metadata = new Map<string, MetadataValue>([["general.architecture", string("llama")]]);
const tensors = new Map([
  ["w", fromFloat32(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3])],
  ["h", fromFloat32(Float32Array.of(7, 8), [2], "BF16")],
]);

test("the file is what encodeGGUF gives, and is read tensor by tensor", async () => {
  const path = join(root, "a.gguf");
  const { bytes } = await writeGGUF(path, metadata, tensors);
  expect(bytes).toBe(readFileSync(path).length);
  expect(new Uint8Array(readFileSync(path))).toEqual(encodeGGUF(metadata, tensors));
  const file = await readGGUF(path);
  expect(file.metadata).toEqual(metadata);
  expect(file.version).toBe(3);
  expect(await file.read("h")).toEqual(tensors.get("h"));
  expect(await file.read("w")).toEqual(tensors.get("w"));
  await expect(file.read("v")).rejects.toThrow('a.gguf: has no tensor "v"');
  await file.close();
});

test("data can be fetched when its turn comes; an error leaves an earlier file as it was", async () => {
  const path = join(root, "lazy.gguf");
  const order: string[] = [];
  const lazy = (name: string) => ({
    dtype: "F32" as const,
    shape: [1],
    data: async () => {
      order.push(name);
      if (name === "bad") throw new Error("the device is gone");
      return Float32Array.of(1);
    },
  });
  await writeGGUF(
    path,
    metadata,
    new Map([
      ["z", lazy("z")],
      ["a", lazy("a")],
    ]),
  );
  expect(order).toEqual(["z", "a"]);
  const before = readFileSync(path);
  await expect(writeGGUF(path, metadata, new Map([["bad", lazy("bad")]]))).rejects.toThrow("the device is gone");
  expect(readFileSync(path)).toEqual(before);
  expect(readdirSync(root).filter((name) => name.includes("tmp"))).toEqual([]);
});

test("one tensor is read out of 16 GiB, and the header of a large vocabulary", async () => {
  const path = join(root, "large.gguf");
  const tokens = Array.from({ length: 200_000 }, (_, i) => `token ${i}`);
  const vocabulary = new Map<string, MetadataValue>([["tokens", { type: "array", of: "string", value: tokens }]]);
  const small = encodeGGUF(vocabulary, tensors);
  writeFileSync(path, small);
  truncateSync(path, 2 ** 34);
  const file = await readGGUF(path);
  expect(file.metadata.get("tokens")?.value).toEqual(tokens);
  expect(await file.read("w")).toEqual(tensors.get("w"));
  await file.close();
});

test("errors name the file", async () => {
  const path = join(root, "broken.gguf");
  writeFileSync(path, encodeGGUF(metadata, tensors).subarray(0, 60));
  await expect(readGGUF(path)).rejects.toThrow(GGUFError);
  await expect(readGGUF(path)).rejects.toThrow("broken.gguf: ");
  await expect(readGGUF(join(root, "none.gguf"))).rejects.toThrow("ENOENT");
  // The file is closed again: it can be truncated below an open reader, which says so.
  writeFileSync(path, encodeGGUF(metadata, tensors));
  const file = await readGGUF(path);
  truncateSync(path, 10);
  await expect(file.read("w")).rejects.toThrow("file ends at byte");
  await file.close();
});
