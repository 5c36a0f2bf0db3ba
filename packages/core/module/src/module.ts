// A module: parameters and sub-modules found by property, named by path.
//
// Everything that works on models from outside (optimizers, checkpoints, LoRA, sharding) sees only what
// is here: a map from path to variable, and a tree whose nodes can be replaced.

import { type Tensor, Variable } from "@tensorflow/tfjs-core";
import { join, propertyOf, segmentOf } from "./path.js";

/** Base class of everything that holds parameters. Subclasses add `forward`. */
export abstract class Module {
  /** Whether layers such as dropout are active. Set by `train` and `eval` for the whole tree. */
  training = true;

  /**
   * All parameters by path, in the order of the properties. One that is reachable twice (tied weights)
   * is listed once, under its first path.
   */
  namedParameters(): Map<string, Variable> {
    const found = new Map<string, Variable>();
    const seen = new Set<Variable>();
    for (const [path, module] of this.namedModules()) {
      for (const [property, value] of Object.entries(module)) {
        if (!(value instanceof Variable) || seen.has(value)) continue;
        seen.add(value);
        found.set(join(path, segmentOf(property)), value);
      }
    }
    return found;
  }

  /** This module (under the empty path) and all below it, parents first. */
  namedModules(): Map<string, Module> {
    const found = new Map<string, Module>();
    const seen = new Set<Module>();
    const visit = (path: string, module: Module): void => {
      if (seen.has(module)) return;
      seen.add(module);
      found.set(path, module);
      for (const [segment, child] of children(module)) visit(join(path, segment), child);
    };
    visit("", this);
    return found;
  }

  /**
   * The module at a path such as `layers.0.self_attn`; the empty path is this module.
   * @throws Error naming the part of the path that does not exist
   */
  getModule(path: string): Module {
    let module: Module = this;
    for (const [i, segment] of segments(path).entries()) {
      const child = childAt(module, segments(path), i);
      if (child) module = child;
      else if (!Number.isInteger(Number(segments(path)[i + 1]))) {
        throw new Error(`getModule: there is no module "${segment}" in "${path}"`);
      }
    }
    return module;
  }

  /**
   * Replaces the module at a path. The old one is not disposed: the new one may hold it.
   * @throws Error when there is none at that path
   */
  setModule(path: string, replacement: Module): void {
    const parts = segments(path);
    if (parts.length === 0)
      throw new Error("setModule: the root cannot be replaced; give the path of a module below it");
    this.getModule(path);
    const last = parts.pop() as string;
    const list = Number.isInteger(Number(last)) ? propertyOf(parts.pop() as string) : undefined;
    const parent = this.getModule(parts.join(".")) as unknown as Record<string, unknown>;
    if (list) (parent[list] as Module[])[Number(last)] = replacement;
    else parent[propertyOf(last)] = replacement;
  }

  /** Turns training mode on (or off) in the whole tree. */
  train(on = true): this {
    for (const module of this.namedModules().values()) module.training = on;
    return this;
  }

  /** Turns training mode off in the whole tree. */
  eval(): this {
    return this.train(false);
  }

  /** Number of parameters, tied ones counted once. */
  parameterCount(): number {
    return [...this.namedParameters().values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** The parameters themselves by path, not copies. */
  stateDict(): Map<string, Tensor> {
    return this.namedParameters();
  }

  /**
   * Copies values into the parameters. Nothing is changed when anything does not fit.
   *
   * @param state values by path; they are not disposed
   * @param options `strict` (default true): each path of one side must be there on the other
   * @throws Error listing paths that are missing, unknown, or of another shape
   */
  loadStateDict(state: ReadonlyMap<string, Tensor>, { strict = true }: { strict?: boolean } = {}): void {
    const own = this.namedParameters();
    const problems: string[] = [];
    for (const [path, parameter] of own) {
      const value = state.get(path);
      if (!value && strict) problems.push(`missing ${path}`);
      if (value && value.shape.join() !== parameter.shape.join()) {
        problems.push(`${path} has shape [${value.shape}], the model has [${parameter.shape}]`);
      }
    }
    if (strict) for (const path of state.keys()) if (!own.has(path)) problems.push(`unknown ${path}`);
    if (problems.length > 0) {
      const shown = problems.slice(0, 8).join("; ");
      const more = problems.length > 8 ? `; and ${problems.length - 8} more` : "";
      throw new Error(`loadStateDict: ${shown}${more}`);
    }
    for (const [path, parameter] of own) {
      const value = state.get(path);
      if (value) parameter.assign(value as Variable);
    }
  }

  /** Frees all parameters, and whatever else the modules below hold. */
  dispose(): void {
    for (const module of this.namedModules().values()) if (module !== this) module.dispose();
    for (const parameter of this.namedParameters().values()) if (!parameter.isDisposed) parameter.dispose();
  }
}

const segments = (path: string): string[] => (path === "" ? [] : path.split("."));

function children(module: Module): [string, Module][] {
  return Object.entries(module).flatMap(([property, value]): [string, Module][] => {
    if (value instanceof Module) return [[segmentOf(property), value]];
    if (!Array.isArray(value)) return [];
    return value.flatMap((child, i): [string, Module][] =>
      child instanceof Module ? [[`${segmentOf(property)}.${i}`, child]] : [],
    );
  });
}

/** The child that the i-th segment completes: `name` alone, or `name.index` when the segment is the index. */
function childAt(module: Module, parts: string[], i: number): Module | undefined {
  const own = children(module);
  const find = (segment: string): Module | undefined => own.find(([name]) => name === segment)?.[1];
  return find(parts[i] as string) ?? (i > 0 ? find(`${parts[i - 1]}.${parts[i]}`) : undefined);
}
