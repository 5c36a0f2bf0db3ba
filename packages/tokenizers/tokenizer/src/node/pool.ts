// Batches of texts encoded by several threads. Each has the tokenizer for itself; texts go out in chunks, so that a long
// one keeps a single thread busy, and ids come back in one buffer a chunk, which is handed over and not copied. A thread has
// its next chunk before it ends one, so that it never waits for this side.

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { SpecialTokenOptions } from "../added-tokens.js";
import { TokenizerError } from "../error.js";
import type { Tokenizer } from "../tokenizer.js";
import { type Answer, type Job, toSend } from "./serve.js";

/** Options of `TokenizerPool`. */
export interface TokenizerPoolOptions {
  /** Default: as many as the machine runs at once. */
  threads?: number;
  /** Where workers find this package's entry "./node"; for bundles that move it. */
  module?: string | URL;
}

const CHUNK = 1 << 17;
/** Chunks that a thread holds: the one at work, and the next. */
const HELD = 2;
const START = `
  const { parentPort, workerData } = require("node:worker_threads");
  import(workerData.module).then(({ serveTokenizer }) => serveTokenizer(parentPort, workerData.tokenizer));
`;

interface Task extends Pick<Job, "options"> {
  texts: string[];
  done: (answer: Answer) => void;
  failed: (error: Error) => void;
}

/** Threads that encode with one tokenizer. Close it, or it keeps the process alive. */
export class TokenizerPool {
  readonly #workers: Worker[];
  /** What each thread holds, first come, first answered. */
  readonly #held = new Map<Worker, Task[]>();
  readonly #waiting: Task[] = [];
  #closed = false;

  constructor(
    tokenizer: Tokenizer,
    { threads = availableParallelism(), module = import.meta.url }: TokenizerPoolOptions = {},
  ) {
    if (!Number.isInteger(threads) || threads < 1) {
      throw new TokenizerError(`TokenizerPool: threads must be a positive integer, got ${String(threads)}`);
    }
    const workerData = { module: String(module), tokenizer: toSend(tokenizer) };
    this.#workers = Array.from({ length: threads }, () => this.#start(workerData));
  }

  /** The ids of each text. Rejects with TokenizerError for what `Tokenizer.encode` throws for. */
  async encodeBatch(texts: Iterable<string>, options: SpecialTokenOptions = {}): Promise<Int32Array[]> {
    if (this.#closed) throw new TokenizerError("TokenizerPool: the pool is closed");
    const { allowedSpecial } = options;
    const sent = {
      ...options,
      allowedSpecial: typeof allowedSpecial === "object" ? [...allowedSpecial] : allowedSpecial,
    };
    const answers = await Promise.all(chunks(texts).map((chunk) => this.#run(chunk, sent)));
    return answers.flatMap(({ ids, ends, error }) => {
      if (error !== undefined) throw new TokenizerError(error);
      return Array.from(ends!, (end, i) => ids!.subarray(i === 0 ? 0 : ends![i - 1]!, end));
    });
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    for (const task of [...[...this.#held.values()].flat(), ...this.#waiting])
      task.failed(new TokenizerError("TokenizerPool: the pool was closed"));
  }

  #start(workerData: object): Worker {
    const worker = new Worker(START, { eval: true, workerData });
    const held: Task[] = [];
    this.#held.set(worker, held);
    worker.on("message", (answer: Answer) => {
      held.shift()?.done(answer);
      this.#next();
    });
    worker.on("error", (error) => {
      this.#closed = true;
      for (const task of [...held.splice(0), ...this.#waiting.splice(0)])
        task.failed(new TokenizerError(`TokenizerPool: a thread failed: ${error.message}`));
    });
    return worker;
  }

  #run(texts: string[], options: SpecialTokenOptions): Promise<Answer> {
    return new Promise((done, failed) => {
      this.#waiting.push({ texts, options, done, failed });
      this.#next();
    });
  }

  /** Chunks go to whoever holds fewest. */
  #next(): void {
    for (let limit = 1; limit <= HELD; limit++) {
      for (const [worker, held] of this.#held) {
        if (held.length >= limit) continue;
        const task = this.#waiting.shift();
        if (!task) return;
        held.push(task);
        const { texts, options } = task;
        const lengths = Int32Array.from(texts, (text) => text.length);
        worker.postMessage({ text: texts.join(""), lengths, options } satisfies Job);
      }
    }
  }
}

/** Texts in chunks of some hundred kilobytes. */
function chunks(texts: Iterable<string>): string[][] {
  const all: string[][] = [];
  let size = CHUNK;
  for (const text of texts) {
    if (size >= CHUNK) {
      all.push([]);
      size = 0;
    }
    all.at(-1)!.push(text);
    size += text.length;
  }
  return all;
}
