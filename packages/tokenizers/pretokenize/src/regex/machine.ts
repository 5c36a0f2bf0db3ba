// Runs a compiled expression in linear time on any text.
//
// A machine that goes back takes exponential time on some texts, because it comes again and again to the same fork at
// the same place, where it failed before. Without back-references what follows from a fork at a place is always the same.
// So once an expression has gone back suspiciously often, the machine remembers what came of each fork at each place:
// the time is then at most forks × length. What was remembered stays true for all later matches in the text.
//
// Source: Davis, Servant and Lee 2021, "Using Selective Memoization to Defeat Regular Expression Denial of Service";
// marking visited states is RE2's BitState.

import { isWordCharacter } from "./classes.js";
import type { Program, Step } from "./compile.js";
import type { Assertion } from "./syntax.js";

const FAILED = -1;
const PAGE = 1024;
/** What may be remembered at a time, in entries of four bytes: a quarter of a gigabyte. */
const MAX_MEMORY = 2 ** 26;

/** Looks for matches of a program in a range of a text. */
export class Machine {
  private readonly steps: readonly Step[];
  private remembers: boolean;
  private patience: number;
  private readonly pageLength: number;
  private forgotten = 0;
  /** Pages of `pageLength` places: for each fork at each place 0 (not known), FAILED, or 1 + where the run ended. */
  private readonly memory = new Map<number, Int32Array>();
  private readonly waiting: number[] = []; // step, place and length of the path for each way not tried yet
  private readonly path: number[] = []; // fork and place of each fork on the way that is tried

  constructor(
    private readonly program: Program,
    private readonly text: string,
    private readonly start: number,
    private readonly end: number,
  ) {
    this.steps = program.steps;
    this.remembers = program.loops;
    this.patience = 16 * (end - start) + 1000;
    this.pageLength = Math.min(PAGE, end - start + 1);
  }

  /** Where the match ends that begins at `at`, or -1. */
  matchAt(at: number): number {
    return this.run(0, at, true);
  }

  /** Forgets what lies before `at`, where no match will begin. */
  forget(at: number): void {
    const first = Math.floor((at - this.start) / this.pageLength);
    if (first === this.forgotten) return;
    this.forgotten = first;
    for (const page of this.memory.keys()) if (page < first) this.memory.delete(page);
  }

  private run(step: number, place: number, outermost: boolean): number {
    const { path, waiting } = this;
    const firstWaiting = waiting.length;
    const firstOnPath = path.length;
    let pc = step;
    let at = place;
    for (;;) {
      const result = this.goOn(pc, at);
      if (result >= 0) {
        this.settle(firstOnPath, outermost ? 0 : result + 1);
        waiting.length = firstWaiting;
        return result;
      }
      if (waiting.length === firstWaiting) {
        path.length = firstOnPath;
        return -1;
      }
      path.length = waiting.pop()!;
      at = waiting.pop()!;
      pc = waiting.pop()!;
    }
  }

  /** Notes for all forks on the way that it led to an end; what failed beside it is noted already. */
  private settle(firstOnPath: number, result: number): void {
    const { path } = this;
    for (let index = firstOnPath; index < path.length; index += 2) {
      this.page(path[index + 1]!)[this.slot(path[index]!, path[index + 1]!)] = result;
    }
    path.length = firstOnPath;
  }

  /** Follows one way: to its end, which is returned, or to where it fails: -1. */
  private goOn(from: number, place: number): number {
    const { end, steps, text } = this;
    let pc = from;
    let at = place;
    for (;;) {
      const step = steps[pc]!;
      switch (step.op) {
        case "take": {
          if (at >= end) return -1;
          const codePoint = text.codePointAt(at)!;
          if (!step.has(codePoint)) return -1;
          at += codePoint > 0xffff ? 2 : 1;
          pc++;
          break;
        }
        case "jump":
          pc = step.to;
          break;
        case "fork": {
          if (this.remembers || --this.patience < 0) {
            this.remembers = true;
            const page = this.page(at);
            const slot = this.slot(step.fork, at);
            const known = page[slot]!;
            if (known !== 0) return known === FAILED ? -1 : known - 1;
            page[slot] = FAILED; // until it is known better
            this.path.push(step.fork, at);
          }
          this.waiting.push(step.second, at, this.path.length);
          pc = step.first;
          break;
        }
        case "assert":
          if (!this.holds(step.what, at)) return -1;
          pc++;
          break;
        case "look": {
          const begin = this.back(at, step.back);
          if ((begin >= 0 && this.run(step.body, begin, false) >= 0) === step.negative) return -1;
          pc = step.to;
          break;
        }
        case "atomic":
          at = this.run(step.body, at, false);
          if (at < 0) return -1;
          pc = step.to;
          break;
        case "done":
          return at;
      }
    }
  }

  private page(at: number): Int32Array {
    const number = Math.floor((at - this.start) / this.pageLength);
    let page = this.memory.get(number);
    if (!page) {
      const size = this.pageLength * this.program.forks;
      if ((this.memory.size + 1) * size > MAX_MEMORY)
        throw new RangeError(
          `regex: an expression of ${this.program.forks} branches cannot be matched in linear time on a text of ${this.end - this.start} characters, for want of memory; cut the text into parts`,
        );
      page = new Int32Array(size);
      this.memory.set(number, page);
    }
    return page;
  }

  private slot(fork: number, at: number): number {
    return ((at - this.start) % this.pageLength) * this.program.forks + fork;
  }

  /** `count` characters before `at`, or -1 if there are not so many. */
  private back(at: number, count: number): number {
    let place = at;
    for (let left = count; left > 0; left--) {
      if (place <= this.start) return -1;
      const low = this.text.charCodeAt(place - 1);
      const high = place - 1 > this.start ? this.text.charCodeAt(place - 2) : 0;
      place -= (low & 0xfc00) === 0xdc00 && (high & 0xfc00) === 0xd800 ? 2 : 1;
    }
    return place;
  }

  private holds(what: Assertion, at: number): boolean {
    const { end, start, text } = this;
    switch (what) {
      case "textStart":
        return at === start;
      case "textEnd":
        return at === end;
      case "lastLineEnd":
        return at === end || (at === end - 1 && text[at] === "\n");
      case "lineStart":
        return at === start || text[at - 1] === "\n";
      case "lineEnd":
        return at === end || text[at] === "\n";
      default: {
        const before = this.back(at, 1);
        const wordBefore = before >= 0 && isWordCharacter(text.codePointAt(before)!);
        const wordAfter = at < end && isWordCharacter(text.codePointAt(at)!);
        return (wordBefore !== wordAfter) === (what === "wordEdge");
      }
    }
  }
}
