import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoredTensor } from "@llm/safetensors";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import {
  bestCheckpoint,
  CheckpointError,
  latestCheckpoint,
  listCheckpoints,
  loadCheckpoint,
  saveCheckpoint,
} from "../src/node.js";

const root = mkdtempSync(join(tmpdir(), "checkpoint-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
afterEach(() => void vi.restoreAllMocks());
let next = 0;
const folder = () => join(root, String(next++), "checkpoints");
const tensorsOf = (value: number) =>
  new Map<string, StoredTensor>([
    ["wte.weight", { dtype: "F32", shape: [2, 2], data: Float32Array.of(value, 2, 3, 4) }],
    ["bias", { dtype: "BF16", shape: [1], data: Uint16Array.of(7) }],
  ]);
const save = (directory: string, step: number, validationLoss?: number, options = {}) =>
  saveCheckpoint(
    directory,
    step,
    { tensors: tensorsOf(step), metrics: validationLoss === undefined ? {} : { validationLoss } },
    options,
  );
const steps = async (directory: string) => (await listCheckpoints(directory)).checkpoints.map(({ step }) => step);

describe("save and load", () => {
  test("everything comes back, in the files and under the name of the README", async () => {
    const directory = folder();
    const meta = { config: { layers: 4, dropout: 0.1 }, hash: "9f", seed: [1, 2], cursor: null, 7: "ü" };
    const optimizer = new Map<string, StoredTensor>([
      ["exp_avg.bias", { dtype: "F32", shape: [1], data: Float32Array.of(0.5) }],
    ]);
    const saved = await saveCheckpoint(directory, 100, {
      tensors: tensorsOf(1),
      optimizer,
      metrics: { loss: 1 / 3, nan: Number.NaN },
      meta,
    });
    expect(saved).toEqual({ path: join(directory, "step-00000100"), removed: [], warnings: [] });
    expect(readdirSync(directory)).toEqual(["step-00000100"]);
    expect(readdirSync(saved.path).sort()).toEqual(["model.safetensors", "optimizer.safetensors", "state.json"]);
    const loaded = await loadCheckpoint(saved.path);
    expect([loaded.step, loaded.metrics, loaded.meta]).toEqual([100, { loss: 1 / 3 }, meta]);
    expect(loaded.tensors).toEqual(tensorsOf(1));
    expect(loaded.optimizer).toEqual(optimizer);
  });

  test("without an optimizer, and with data that is fetched when it is written", async () => {
    const directory = folder();
    const tensors = new Map([["x", { dtype: "F32" as const, shape: [1], data: async () => Float32Array.of(9) }]]);
    const { path } = await saveCheckpoint(directory, 0, { tensors });
    const { optimizer, tensors: loaded } = await loadCheckpoint(path, { verify: false });
    expect([optimizer, loaded.get("x")?.data[0]]).toEqual([undefined, 9]);
  });

  test("no checkpoints yet", async () => {
    expect(await latestCheckpoint(folder())).toEqual({ checkpoint: undefined, warnings: [] });
  });

  test("the same step again replaces it", async () => {
    const directory = folder();
    await save(directory, 5, 1);
    await save(directory, 5, 2);
    expect(readdirSync(directory)).toEqual(["step-00000005"]);
    expect((await latestCheckpoint(directory)).checkpoint?.metrics).toEqual({ validationLoss: 2 });
  });
});

describe("keep the last and the best", () => {
  test("on the disk", async () => {
    const directory = folder();
    const options = { keep: 2, best: { metric: "validationLoss" } };
    for (const [step, loss] of [
      [1, 3],
      [2, 1],
      [3, 2],
      [4, Number.NaN],
      [5, 4],
    ] as const)
      await save(directory, step, loss, options);
    expect(await steps(directory)).toEqual([2, 4, 5]);
    expect((await latestCheckpoint(directory)).checkpoint?.step).toBe(5);
    expect((await bestCheckpoint(directory, options.best)).checkpoint?.step).toBe(2);
    expect((await bestCheckpoint(directory, { metric: "validationLoss", mode: "max" })).checkpoint?.step).toBe(5);
    expect((await bestCheckpoint(directory, { metric: "accuracy" })).checkpoint).toBeUndefined();
    const { removed } = await save(directory, 6, 0.5, { ...options, keep: 1 });
    expect(removed.map((path) => path.slice(-1))).toEqual(["2", "4", "5"]);
  });
});

describe("damage: the newest whole checkpoint is used, with a warning for each one passed over", () => {
  const damages: [string, (path: string) => void, string][] = [
    [
      "a bit flipped in the weights",
      (path) => flip(join(path, "model.safetensors")),
      "model.safetensors is damaged: its CRC-32 sum is wrong",
    ],
    [
      "weights cut off",
      (path) => truncateSync(join(path, "model.safetensors"), 50),
      "model.safetensors has 50 bytes instead of",
    ],
    ["weights too long", (path) => appendFileSync(join(path, "model.safetensors"), "x"), "bytes instead of"],
    ["weights gone", (path) => rmSync(join(path, "model.safetensors")), "is incomplete: ENOENT"],
    ["no state", (path) => rmSync(join(path, "state.json")), "is incomplete: ENOENT"],
    [
      "an empty state",
      (path) => truncateSync(join(path, "state.json")),
      "state.json is damaged: Unexpected end of JSON input",
    ],
    [
      "a number changed in the state",
      (path) => replace(join(path, "state.json"), '"validationLoss": 1', '"validationLoss": 0'),
      "state.json is damaged: its CRC-32 sum is wrong",
    ],
    [
      "a later format",
      (path) => replace(join(path, "state.json"), '"format": 1', '"format": 2'),
      "not of a format known here, 1, but 2",
    ],
    ["null", (path) => writeFileSync(join(path, "state.json"), "null"), "not of a format known here, 1, but undefined"],
    [
      "everything gone",
      (path) => {
        rmSync(path, { recursive: true });
        mkdirSync(path);
      },
      "is incomplete",
    ],
  ];
  const flip = (path: string) => {
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
    writeFileSync(path, bytes);
  };
  const replace = (path: string, from: string, to: string) => {
    expect(readFileSync(path, "utf8")).toContain(from);
    writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
  };

  test.each(damages)("%s", async (_, damage, message) => {
    const directory = folder();
    await save(directory, 1, 3);
    await save(directory, 2, 2);
    const { path } = await save(directory, 3, 1);
    damage(path);
    const { checkpoint, warnings } = await latestCheckpoint(directory);
    expect(checkpoint?.step).toBe(2);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`${path}: `);
    expect(warnings[0]).toContain(message);
    expect((await bestCheckpoint(directory, { metric: "validationLoss" })).checkpoint?.step).toBe(2);
    await expect(loadCheckpoint(path)).rejects.toThrow(CheckpointError);
    await expect(loadCheckpoint(path)).rejects.toThrow(message);
    // Saving the step again repairs it.
    await save(directory, 3, 1);
    expect(await latestCheckpoint(directory)).toMatchObject({ checkpoint: { step: 3 }, warnings: [] });
  });

  test("all of them", async () => {
    const directory = folder();
    for (const step of [1, 2]) flip(join((await save(directory, step)).path, "model.safetensors"));
    const { checkpoint, warnings } = await latestCheckpoint(directory);
    expect([checkpoint, warnings.length]).toEqual([undefined, 2]);
  });

  test("a folder renamed to another step", async () => {
    const directory = folder();
    const { path } = await save(directory, 1);
    const { renameSync } = await import("node:fs");
    renameSync(path, join(directory, "step-00000009"));
    expect((await latestCheckpoint(directory)).warnings[0]).toContain("step-00000009: holds step 1");
  });
});

describe("what others left in the folder", () => {
  // A pid above the kernel's limit: no process has it.
  const dead = 2 ** 22 + 1;
  test("half-written folders of dead processes go, those of living ones and everything else stay", async () => {
    const directory = folder();
    const outside = join(root, "outside");
    mkdirSync(outside, { recursive: true });
    writeFileSync(join(outside, "precious"), "x");
    const stay = [
      `step-00000001.tmp-${process.ppid}-0`,
      `other.tmp-${dead}-0`,
      `step-1.tmp-${dead}-0`,
      "step-00000001.tmp-x",
      "notes.txt",
      "step-x",
    ];
    const go = [`step-00000001.tmp-${dead}-0`, `step-00000007.tmp-${process.pid}-99999`];
    for (const name of [...stay, ...go]) mkdirSync(join(directory, name, "inner"), { recursive: true });
    symlinkSync(outside, join(directory, `step-00000002.tmp-${dead}-1`));
    await save(directory, 3);
    expect(readdirSync(directory).sort()).toEqual([...stay, "step-00000003"].sort());
    expect(existsSync(join(outside, "precious"))).toBe(true);
    expect(await steps(directory)).toEqual([3]);
  });

  test("a kill between the two renames of a replacement: the old one is found, and goes with the next save", async () => {
    const directory = folder();
    const { path } = await save(directory, 4, 8);
    const { renameSync } = await import("node:fs");
    renameSync(path, `${path}.old`);
    expect((await latestCheckpoint(directory)).checkpoint).toMatchObject({ step: 4, metrics: { validationLoss: 8 } });
    await save(directory, 4, 7);
    expect(readdirSync(directory)).toEqual(["step-00000004"]);
    expect((await latestCheckpoint(directory)).checkpoint?.metrics).toEqual({ validationLoss: 7 });
    renameSync(path, `${path}.old`);
    await save(directory, 5, 7, { keep: 1 });
    expect(readdirSync(directory)).toEqual(["step-00000005"]);
  });
});

describe("errors say what is wrong, and leave older checkpoints alone", () => {
  /** Lets writes to files fail after some, as a full disk or one mounted read-only does. */
  async function failWrites(code: string, after: number): Promise<void> {
    const handle = await open(join(root, "probe"), "w");
    const prototype = Object.getPrototypeOf(handle) as typeof handle;
    await handle.close();
    const write = prototype.write;
    let calls = 0;
    vi.spyOn(prototype, "write").mockImplementation(function (this: typeof handle, ...args: unknown[]) {
      if (calls++ >= after) return Promise.reject(Object.assign(new Error(`${code}: simulated`), { code }));
      return (write as (...args: unknown[]) => never).apply(this, args);
    } as typeof prototype.write);
  }

  test.each([
    ["ENOSPC", "the disk is full (ENOSPC)"],
    ["EROFS", "the file system is read-only (EROFS)"],
  ])("%s", async (code, reason) => {
    const directory = folder();
    await save(directory, 1);
    const before = readFileSync(join(directory, "step-00000001", "model.safetensors"));
    await failWrites(code, 2);
    const failed = save(directory, 2, undefined, { keep: 1 });
    await expect(failed).rejects.toThrow(CheckpointError);
    await expect(failed).rejects.toThrow(
      `step 2 cannot be saved in ${directory}: ${reason}; earlier checkpoints are untouched`,
    );
    vi.restoreAllMocks();
    expect(readdirSync(directory)).toEqual(["step-00000001"]);
    expect(readFileSync(join(directory, "step-00000001", "model.safetensors"))).toEqual(before);
    await save(directory, 2);
    expect(await steps(directory)).toEqual([1, 2]);
  });

  test("a full disk while a checkpoint is replaced leaves the one that is there", async () => {
    const directory = folder();
    await save(directory, 1, 5);
    await failWrites("ENOSPC", 2);
    await expect(save(directory, 1, 6)).rejects.toThrow("the disk is full");
    vi.restoreAllMocks();
    expect((await latestCheckpoint(directory)).checkpoint?.metrics).toEqual({ validationLoss: 5 });
  });

  test("a file where the folder should be", async () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    await expect(save(file, 1)).rejects.toThrow(CheckpointError);
    await expect(latestCheckpoint(file)).rejects.toThrow("file: cannot be read: ENOTDIR");
  });

  test("arguments", async () => {
    const directory = folder();
    await expect(save(directory, -1)).rejects.toThrow("step must be a whole number ≥ 0, got -1");
    await expect(save(directory, 1, 1, { keep: 0 })).rejects.toThrow("keep must be a whole number ≥ 1, got 0");
    await expect(loadCheckpoint(join(root, "none"))).rejects.toThrow("none: is incomplete: ENOENT");
    const wrong = new Map<string, StoredTensor>([["w", { dtype: "F32", shape: [3], data: new Float32Array(2) }]]);
    await expect(saveCheckpoint(directory, 1, { tensors: wrong })).rejects.toThrow(
      'tensor "w": F32 [3] has 12 bytes, but its data has 8',
    );
    expect(await steps(directory)).toEqual([]);
  });
});
