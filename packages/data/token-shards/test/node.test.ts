import fs, { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { encodeShard } from "../src/index.js";
import { openShards, ShardWriter } from "../src/node.js";

const root = mkdtempSync(join(tmpdir(), "token-shards-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let next = 0;
const folder = () => join(root, String(next++));
const range = (n: number) => Int32Array.from({ length: n }, (_, i) => (i * 7919) % 60000);

function write(
  directory: string,
  tokens: ArrayLike<number>,
  options: ConstructorParameters<typeof ShardWriter>[1] = {},
) {
  const writer = new ShardWriter(directory, options);
  writer.write(tokens);
  return writer.close();
}

describe("write and read", () => {
  test("shards have the given size, the names and the index of the README, and llm.c's bytes", () => {
    const directory = folder();
    const index = write(directory, range(25), { shardTokens: 10 });
    expect(readdirSync(directory).sort()).toEqual([
      "train.json",
      "train_000000.bin",
      "train_000001.bin",
      "train_000002.bin",
    ]);
    expect(index.shards.map((shard) => shard.tokens)).toEqual([10, 10, 5]);
    expect(new Uint8Array(readFileSync(join(directory, "train_000002.bin")))).toEqual(
      encodeShard(range(25).subarray(20)),
    );
    const source = openShards(directory);
    expect(source.length).toBe(25);
    expect(source.shards.map((shard) => shard.start)).toEqual([0, 10, 20]);
    expect(source.read(0, 25)).toEqual(range(25));
    source.close();
    expect(() => source.read(0, 1)).toThrow("the shards are closed");
  });

  test("any window of any division into writes and shards is that window of the text", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(2 ** 31 - 1), { maxLength: 20 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(),
        fc.nat(),
        (writes, shardTokens, a, b) => {
          const tokens = writes.flat();
          fc.pre(tokens.length > 0);
          const directory = folder();
          const writer = new ShardWriter(directory, { dtype: "uint32", shardTokens });
          for (const part of writes) writer.write(part);
          writer.close();
          const source = openShards(directory);
          const offset = a % (tokens.length + 1);
          const count = b % (tokens.length - offset + 1);
          expect([...source.read(offset, count)]).toEqual(tokens.slice(offset, offset + count));
          source.close();
        },
      ),
      { numRuns: 30 },
    );
  });

  test("more tokens than the writer's buffer", () => {
    const directory = folder();
    const tokens = range(600_000);
    write(directory, tokens, { shardTokens: 250_000 });
    const source = openShards(directory);
    expect(source.read(249_990, 260_000)).toEqual(tokens.subarray(249_990, 509_990));
    source.close();
  });

  test("reads a window of 16 GiB, more than any array could hold", () => {
    const path = `${folder()}.bin`;
    writeFileSync(path, "");
    truncateSync(path, 2 ** 34); // a sparse file: zeros that take no room on the disk
    const file = fs.openSync(path, "r+");
    fs.writeSync(file, Uint8Array.of(7, 0, 8, 0), 0, 4, 2 ** 34 - 4);
    fs.closeSync(file);
    const source = openShards(path);
    expect(source.length).toBe(2 ** 33);
    expect([...source.read(2 ** 33 - 3, 3)]).toEqual([0, 7, 8]);
    source.close();
    rmSync(path);
  });

  test("splits stay apart, and a second text replaces the first", () => {
    const directory = folder();
    write(directory, range(30), { shardTokens: 10 });
    write(directory, [7], { split: "validation" });
    write(directory, [8, 9], { shardTokens: 10 });
    expect([...openShards(directory).read(0, 2)]).toEqual([8, 9]);
    expect([...openShards(directory, { split: "validation" }).read(0, 1)]).toEqual([7]);
    expect(existsSync(join(directory, "train_000001.bin"))).toBe(false);
  });

  test("foreign folders: nanoGPT's train.bin and llm.c's numbered files, without an index", () => {
    const nano = folder();
    fs.mkdirSync(nano);
    writeFileSync(join(nano, "train.bin"), encodeShard([1, 2], { format: "nanogpt" }));
    writeFileSync(join(nano, "val.bin"), encodeShard([3], { format: "nanogpt" }));
    expect([...openShards(nano).read(0, 2)]).toEqual([1, 2]);
    expect([...openShards(join(nano, "val.bin")).read(0, 1)]).toEqual([3]);
    const llmc = folder();
    fs.mkdirSync(llmc);
    writeFileSync(join(llmc, "fineweb_train_000002.bin"), encodeShard([3, 4]));
    writeFileSync(join(llmc, "fineweb_train_000001.bin"), encodeShard([1, 2]));
    writeFileSync(join(llmc, "fineweb_val_000000.bin"), encodeShard([9]));
    expect([...openShards(llmc).read(0, 4)]).toEqual([1, 2, 3, 4]);
  });
});

describe("errors say what is wrong", () => {
  test("windows outside of the text", () => {
    const directory = folder();
    write(directory, [1, 2, 3]);
    const source = openShards(directory);
    for (const [offset, count] of [
      [-1, 1],
      [0, 4],
      [3, 1],
      [0.5, 1],
      [0, -1],
    ] as const) {
      expect(() => source.read(offset, count)).toThrow(
        `tokens ${offset} … ${offset + count} are outside of a text of 3 tokens`,
      );
    }
    source.close();
  });

  test("nothing there, nothing written, not written to the end", () => {
    expect(() => openShards(join(root, "nowhere"))).toThrow("nowhere does not exist");
    const directory = folder();
    expect(() => new ShardWriter(directory).close()).toThrow("no token was written");
    expect(() => openShards(directory)).toThrow("was not written to its end; prepare the data again");
    expect(() => openShards(directory, { split: "validation" })).toThrow("has no token files *validation*.bin");
  });

  test("a writer that was killed leaves no text that can be mistaken for a whole one", () => {
    const directory = folder();
    write(directory, range(30), { shardTokens: 10 });
    const writer = new ShardWriter(directory, { shardTokens: 200_000 });
    writer.write(range(600_000)); // killed here: complete shards are there, the rest is in the buffer
    expect(readdirSync(directory)).toContain("train_000000.bin");
    expect(() => openShards(directory)).toThrow("was not written to its end; prepare the data again");
  });

  test("damaged shards and indices", () => {
    const directory = folder();
    write(directory, range(20), { shardTokens: 10 });
    const second = join(directory, "train_000001.bin");
    truncateSync(second, 1030);
    expect(() => openShards(directory)).toThrow("promises 10 uint16 tokens in 1044 bytes, but the file has 1030 bytes");
    writeFileSync(second, encodeShard([1]));
    expect(() => openShards(directory)).toThrow("holds 1 uint16 tokens, but the index says 10 uint16");
    rmSync(second);
    expect(() => openShards(directory)).toThrow("train_000001.bin");
    for (const [index, message] of [
      ["{", "is no JSON"],
      ["{}", "is no index"],
      ['{"shards":[{"file":"../x","tokens":1}]}', "is no index"],
    ] as const) {
      writeFileSync(join(directory, "train.json"), index);
      expect(() => openShards(directory)).toThrow(message);
    }
  });

  test("a token that does not fit, a split that is a path", () => {
    const writer = new ShardWriter(folder());
    for (const bad of [2 ** 32, 0.5, Number.NaN]) expect(() => writer.write([bad])).toThrow(`token 0 is ${bad}`);
    expect(() => write(folder(), [70000])).toThrow("store it as uint32");
    expect(() => new ShardWriter(folder(), { split: "../train" })).toThrow(
      'split must be a plain name such as "train"',
    );
    expect(() => new ShardWriter(folder(), { shardTokens: 0 })).toThrow("shardTokens must be from 1");
  });
});
