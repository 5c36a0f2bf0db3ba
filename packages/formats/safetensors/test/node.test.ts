import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { encodeSafetensors, SafetensorsError, type StoredTensor } from "../src/index.js";
import { readSafetensors, writeSafetensors } from "../src/node.js";

const root = mkdtempSync(join(tmpdir(), "safetensors-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
afterEach(() => void vi.restoreAllMocks());
const tensors = new Map<string, StoredTensor>([
  ["w", { dtype: "F32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
  ["b", { dtype: "BF16", shape: [2], data: Uint16Array.of(7, 8) }],
  ["none", { dtype: "F32", shape: [0], data: new Float32Array(0) }],
]);

describe("write and read", () => {
  test("the file is what encodeSafetensors gives; size and CRC are the file's", async () => {
    const path = join(root, "a.safetensors");
    const written = await writeSafetensors(path, tensors, { format: "pt" });
    const bytes = readFileSync(path);
    expect(new Uint8Array(bytes)).toEqual(encodeSafetensors(tensors, { format: "pt" }));
    expect(written).toEqual({ bytes: bytes.length, crc32: crc32(bytes) });

    const file = await readSafetensors(path);
    expect(file.metadata).toEqual({ format: "pt" });
    expect(file.tensors.get("w")).toEqual({ dtype: "F32", shape: [2, 3], begin: 0, end: 24 });
    expect(await file.read("b")).toEqual(tensors.get("b"));
    expect(new Map([...(await file.readAll())].sort())).toEqual(new Map([...tensors].sort()));
    await expect(file.read("v")).rejects.toThrow('a.safetensors: has no tensor "v"');
    await file.close();
  });

  test("data can be fetched when its turn comes, one tensor after the other", async () => {
    const path = join(root, "lazy.safetensors");
    let open = 0;
    const lazy = new Map(
      ["x", "y", "z"].map((name, i) => {
        const data = async () => {
          expect(++open).toBe(1);
          await new Promise((resolve) => setTimeout(resolve, 1));
          open--;
          return Float32Array.of(i);
        };
        return [name, { dtype: "F32" as const, shape: [1], data }];
      }),
    );
    await writeSafetensors(path, lazy);
    const file = await readSafetensors(path);
    expect([...(await file.readAll()).values()].map(({ data }) => data[0])).toEqual([0, 1, 2]);
    await file.close();
  });

  test("one tensor is read out of 16 GiB, more than any array could hold", async () => {
    const path = join(root, "large.safetensors");
    const big = 2 ** 34;
    const header = JSON.stringify({
      big: { dtype: "U8", shape: [big], data_offsets: [0, big] },
      small: { dtype: "F32", shape: [1], data_offsets: [big, big + 4] },
    });
    const start = Buffer.alloc(8 + header.length);
    start.writeBigUInt64LE(BigInt(header.length));
    start.write(header, 8);
    writeFileSync(path, start);
    truncateSync(path, start.length + big); // a sparse file: zeros that take no room on the disk
    appendFileSync(path, new Uint8Array(Float32Array.of(7).buffer));
    const file = await readSafetensors(path);
    expect(file.tensors.get("big")?.end).toBe(big);
    expect([...(await file.read("small")).data]).toEqual([7]);
    await file.close();
    rmSync(path);
  });
});

describe("all or nothing", () => {
  const path = join(root, "kept.safetensors");
  const failing = (f: () => never) =>
    new Map<string, StoredTensor | { dtype: "F32"; shape: number[]; data: () => Float32Array }>([
      ...tensors,
      ["x", { dtype: "F32", shape: [1], data: f }],
    ]);

  /** The file handles' shared prototype, whose `write` a test can let fail as a full disk does. */
  async function failWrites(code: string, after: number): Promise<void> {
    const handle = await open(path, "r");
    const prototype = Object.getPrototypeOf(handle) as typeof handle;
    await handle.close();
    const write = prototype.write;
    let calls = 0;
    vi.spyOn(prototype, "write").mockImplementation(function (this: typeof handle, ...args: unknown[]) {
      if (calls++ >= after) return Promise.reject(Object.assign(new Error(`${code}: simulated, write`), { code }));
      return (write as (...args: unknown[]) => never).apply(this, args);
    } as typeof prototype.write);
  }

  test("a failure in the middle leaves the old file as it was, and nothing beside it", async () => {
    await writeSafetensors(path, tensors);
    const old = readFileSync(path);
    const files = readdirSync(root);
    await expect(
      writeSafetensors(
        path,
        failing(() => {
          throw new Error("the GPU is gone");
        }),
      ),
    ).rejects.toThrow("the GPU is gone");
    await failWrites("ENOSPC", 2);
    await expect(writeSafetensors(path, tensors)).rejects.toMatchObject({
      code: "ENOSPC",
      message: `cannot write ${path}: ENOSPC: simulated, write`,
    });
    expect(readFileSync(path)).toEqual(old);
    expect(readdirSync(root)).toEqual(files);
  });

  test("data of another size than announced", async () => {
    const wrong = new Map([["x", { dtype: "F32" as const, shape: [2], data: () => Float32Array.of(1) }]]);
    await expect(writeSafetensors(path, wrong)).rejects.toThrow('tensor "x": F32 [2] has 8 bytes, but its data has 4');
  });

  test("a folder that is not there", async () => {
    await expect(writeSafetensors(join(root, "no", "x.safetensors"), tensors)).rejects.toMatchObject({
      code: "ENOENT",
    });
  });
});

describe("files that are damaged", () => {
  test("truncated, on opening: the message has the path", async () => {
    const path = join(root, "cut.safetensors");
    const whole = encodeSafetensors(tensors);
    for (const length of [0, 7, 8, 50, whole.length - 1]) {
      writeFileSync(path, whole.subarray(0, length));
      const error = await readSafetensors(path).then(
        () => undefined,
        (e: Error) => e,
      );
      expect(error).toBeInstanceOf(SafetensorsError);
      expect(error?.message).toMatch(/^.*cut\.safetensors: .*cut off/);
    }
  });
  test("truncated while it is open", async () => {
    const path = join(root, "shrinks.safetensors");
    await writeSafetensors(path, tensors);
    const file = await readSafetensors(path);
    truncateSync(path, 200);
    await expect(file.readAll()).rejects.toThrow("in the middle of what its header promises");
    await file.close();
  });
  test("a header that promises 2^60 bytes allocates nothing", async () => {
    const path = join(root, "huge.safetensors");
    const bytes = new Uint8Array(64);
    new DataView(bytes.buffer).setBigUint64(0, 2n ** 60n, true);
    writeFileSync(path, bytes);
    await expect(readSafetensors(path)).rejects.toThrow("huge.safetensors: header length 1152921504606846976");
  });
});
