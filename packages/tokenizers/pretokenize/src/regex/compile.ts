// A regular expression as a program for a machine that tries one way and goes back to the last fork when it fails.
//
//   a*      0: fork 1 3   1: take a   2: jump 0   3: …          (the first way is tried first; lazy: the other way round)
//
// Source: Thompson 1968 and Pike, as told in Cox 2009, "Regular Expression Matching: the Virtual Machine Approach".

import type { CharacterClass } from "../character-class.js";
import { type Assertion, type Node, regexError, width } from "./syntax.js";

/** A step of the program. `fork` numbers forks from 0; `look` and `atomic` run what begins at `body` by itself. */
export type Step =
  | { readonly op: "take"; readonly has: CharacterClass }
  | { readonly op: "fork"; first: number; second: number; readonly fork: number }
  | { readonly op: "jump"; to: number }
  | { readonly op: "assert"; readonly what: Assertion }
  | { readonly op: "look"; body: number; back: number; readonly negative: boolean; to: number }
  | { readonly op: "atomic"; body: number; to: number }
  | { readonly op: "done" };

/** A compiled expression. */
export interface Program {
  readonly steps: readonly Step[];
  readonly forks: number;
  /** Whether a loop can go round without taking anything, so that only a memory of what was tried ends it. */
  readonly loops: boolean;
}

const MAX_STEPS = 5_000;

/** The program of a parsed expression. @throws SyntaxError if it would be too long. */
export function compile(source: string, node: Node): Program {
  const compiler = new Compiler(source);
  compiler.emit(node);
  compiler.add({ op: "done" });
  return compiler;
}

class Compiler implements Program {
  readonly steps: Step[] = [];
  forks = 0;
  loops = false;
  private alone = 0; // how many bodies that are run by themselves stand around what is compiled

  constructor(private readonly source: string) {}

  add<S extends Step>(step: S): S {
    if (this.steps.length >= MAX_STEPS)
      throw regexError(this.source, this.source.length, `the expression is too long (over ${MAX_STEPS} steps)`);
    this.steps.push(step);
    return step;
  }

  emit(node: Node): void {
    switch (node.type) {
      case "set":
        this.add({ op: "take", has: node.has });
        break;
      case "all":
        for (const part of node.parts) this.emit(part);
        break;
      case "any":
        this.alternatives(node.parts);
        break;
      case "repeat":
        this.repeat(node);
        break;
      case "atomic":
        this.body(this.add({ op: "atomic", body: 0, to: 0 }), node.part);
        break;
      case "look":
        this.look(node);
        break;
      case "assert":
        this.add({ op: "assert", what: node.what });
    }
  }

  private alternatives(parts: readonly Node[]): void {
    const jumps: { to: number }[] = [];
    parts.forEach((part, index) => {
      const fork = index < parts.length - 1 ? this.fork() : undefined;
      if (fork) fork.first = this.steps.length;
      this.emit(part);
      if (!fork) return;
      jumps.push(this.add({ op: "jump", to: 0 }));
      fork.second = this.steps.length;
    });
    for (const jump of jumps) jump.to = this.steps.length;
  }

  private repeat({ part, min, max, lazy }: Extract<Node, { type: "repeat" }>): void {
    for (let count = 0; count < min; count++) this.emit(part);
    if (max === Number.POSITIVE_INFINITY) {
      const loops = width(part)[0] === 0;
      // The memory of the machine ends such a loop, but what it notes then is true for the one run only.
      if (loops && this.alone > 0)
        throw regexError(
          this.source,
          0,
          "in a look-around or atomic group, what may be empty cannot be repeated without end",
        );
      this.loops ||= loops;
      const start = this.steps.length;
      const fork = this.fork();
      this.emit(part);
      this.add({ op: "jump", to: start });
      direct(fork, start + 1, this.steps.length, lazy);
      return;
    }
    const forks: [Fork, number][] = [];
    for (let count = min; count < max; count++) {
      forks.push([this.fork(), this.steps.length]);
      this.emit(part);
    }
    for (const [fork, inside] of forks) direct(fork, inside, this.steps.length, lazy);
  }

  private look({ part, behind, negative }: Extract<Node, { type: "look" }>): void {
    const parts = behind && part.type === "any" ? part.parts : [part];
    // (?<!a|bc) is (?<!a)(?<!bc); (?<=a|bc) is (?:(?<=a)|(?<=bc)).
    const looks = parts.map((each): Node => ({ type: "look", part: each, behind, negative }));
    if (looks.length > 1) this.emit({ type: negative ? "all" : "any", parts: looks });
    else this.body(this.add({ op: "look", body: 0, back: behind ? width(part)[0] : 0, negative, to: 0 }), part);
  }

  /** What is run by itself stands behind the step that runs it, which then goes on behind that. */
  private body(step: { body: number; to: number }, part: Node): void {
    step.body = this.steps.length;
    this.alone++;
    this.emit(part);
    this.alone--;
    this.add({ op: "done" });
    step.to = this.steps.length;
  }

  private fork(): Fork {
    return this.add({ op: "fork", first: 0, second: 0, fork: this.forks++ });
  }
}

type Fork = Extract<Step, { op: "fork" }>;

function direct(fork: Fork, inside: number, outside: number, lazy: boolean): void {
  fork.first = lazy ? outside : inside;
  fork.second = lazy ? inside : outside;
}
