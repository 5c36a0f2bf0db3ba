// State dictionaries, and gradients under their names, through a map.

import { clone, type Tensor, tidy, transpose } from "@tensorflow/tfjs-core";
import type { FusedModules, HuggingFaceMap, StackMap } from "./map.js";

/**
 * Our state dictionary as Hugging Face stores the model.
 *
 * @param map of the model
 * @param state by our paths; not disposed
 * @returns by their names and in their layout; new tensors, the caller disposes them
 * @throws Error for a path that the map does not have, or a part of a fused layer without the others
 */
export function toHuggingFace(map: HuggingFaceMap, state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return collected((out) => {
    for (const [path, tensor] of state) {
      const { stack, layer, module, kind } = locate(map, path, "ours");
      const fused = stack?.fused?.find(({ ours }) => ours.includes(module));
      if (stack && fused) {
        if (fused.ours[0] === module)
          out.set(`${stack.theirs}.${layer}.${fused.theirs}.${kind}`, fuse(map, state, stack, fused, layer, kind));
        else if (!state.has(`${stack.ours}.${layer}.${fused.ours[0]}.${kind}`))
          fuse(map, state, stack, fused, layer, kind);
        continue;
      }
      const theirs = lookUp(map, stack?.modules ?? map.modules, module, path);
      const name = stack ? `${stack.theirs}.${layer}.${theirs}` : theirs;
      out.set(`${name}.${kind}`, oriented(map, theirs, kind, tensor));
    }
  });
}

/**
 * Hugging Face's tensors under our paths and in our layout. Each of them is translated alone, so a large file can be
 * read in parts.
 *
 * @param map of the model
 * @param state by their names, with or without the map's prefix; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a name that the map does not have, or a fused layer whose rows do not fit
 */
export function fromHuggingFace(map: HuggingFaceMap, state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return collected((out) => {
    for (const [name, tensor] of state) {
      const bare = map.prefix && name.startsWith(map.prefix) ? name.slice(map.prefix.length) : name;
      if (map.ignored?.test(bare)) continue;
      const { stack, layer, module, kind } = locate(map, bare, "theirs");
      const fused = stack?.fused?.find(({ theirs }) => theirs === module);
      if (stack && fused) {
        const turned = oriented(map, module, kind, tensor);
        try {
          for (const [i, part] of fused.layout.split(turned).entries())
            out.set(`${stack.ours}.${layer}.${fused.ours[i]}.${kind}`, part);
        } catch (error) {
          throw new Error(`${map.model}: ${name}: ${(error as Error).message}`);
        } finally {
          turned.dispose();
        }
        continue;
      }
      const ours = lookUp(map, reversed(stack?.modules ?? map.modules), module, name);
      out.set(`${stack ? `${stack.ours}.${layer}.` : ""}${ours}.${kind}`, oriented(map, module, kind, tensor));
    }
  });
}

interface Place {
  stack: StackMap | undefined;
  layer: string;
  module: string;
  kind: string;
}

/** The stack, the block's number, the module in it and the last part of a path. */
function locate(map: HuggingFaceMap, path: string, side: "ours" | "theirs"): Place {
  const dot = path.lastIndexOf(".");
  if (dot < 1) throw new Error(`${map.model} parameters end in .weight or .bias, got "${path}"`);
  const [whole, kind] = [path.slice(0, dot), path.slice(dot + 1)];
  const outside = side === "ours" ? map.modules : reversed(map.modules);
  if (Object.hasOwn(outside, whole)) return { stack: undefined, layer: "", module: whole, kind };
  for (const stack of map.stacks) {
    if (!whole.startsWith(`${stack[side]}.`)) continue;
    const [, layer, module] = /^(\d+)\.(.+)$/.exec(whole.slice(stack[side].length + 1)) ?? [];
    if (layer !== undefined && module !== undefined) return { stack, layer, module, kind };
  }
  return { stack: undefined, layer: "", module: whole, kind };
}

function lookUp(map: HuggingFaceMap, modules: Readonly<Record<string, string>>, module: string, path: string): string {
  const found = Object.hasOwn(modules, module) ? modules[module] : undefined;
  if (found === undefined) throw new Error(`${map.model} has no parameter "${path}"`);
  return found;
}

const reversed = (modules: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(modules).map(([ours, theirs]) => [theirs, ours]));

const oriented = ({ transposed }: HuggingFaceMap, theirs: string, kind: string, tensor: Tensor): Tensor =>
  kind === "weight" && transposed?.test(theirs) ? tidy(() => transpose(tensor)) : clone(tensor);

function fuse(
  map: HuggingFaceMap,
  state: ReadonlyMap<string, Tensor>,
  stack: StackMap,
  { ours, theirs, layout }: FusedModules,
  layer: string,
  kind: string,
): Tensor {
  const parts = ours.map((module) => {
    const path = `${stack.ours}.${layer}.${module}.${kind}`;
    const part = state.get(path);
    if (!part) throw new Error(`${map.model} stores ${ours.join(", ")} together, but ${path} is missing`);
    return part;
  });
  return tidy(() => oriented(map, theirs, kind, layout.fuse(parts)));
}

/** Collects new tensors; frees them when `fill` throws. */
function collected(fill: (out: Map<string, Tensor>) => void): Map<string, Tensor> {
  const out = new Map<string, Tensor>();
  try {
    fill(out);
    return out;
  } catch (error) {
    for (const tensor of out.values()) tensor.dispose();
    throw error;
  }
}
