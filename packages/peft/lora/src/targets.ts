// Which linear layers are adapted, chosen as PEFT's target_modules does.

import { Linear } from "@llm/linear";
import type { Module } from "@llm/module";

/**
 * - names: every layer whose path is the name or ends in `.name` (`["q_proj", "v_proj"]`);
 * - `"all-linear"`: every linear layer but the output head `lm_head`;
 * - a regular expression: every path in which it is found.
 */
export type LoraTargets = readonly string[] | "all-linear" | RegExp;

/**
 * The linear layers that the targets choose, by path.
 * @throws Error listing the linear layers there are, when a target matches none
 */
export function findTargets(model: Module, targets: LoraTargets): Map<string, Linear> {
  const linears = new Map<string, Linear>();
  for (const [path, module] of model.namedModules()) if (module instanceof Linear) linears.set(path, module);
  const matchers = typeof targets === "string" || targets instanceof RegExp ? [targets] : targets;
  const found = new Set<string>();
  for (const target of matchers) {
    const hits = [...linears.keys()].filter((path) => matches(path, target, matchers === targets));
    if (hits.length === 0) throw noMatch(target, linears);
    for (const path of hits) found.add(path);
  }
  if (found.size === 0) throw noMatch("(none given)", linears);
  return new Map([...linears].filter(([path]) => found.has(path)));
}

function matches(path: string, target: string | RegExp, listed: boolean): boolean {
  // `search` starts at 0 whatever the expression's lastIndex says.
  if (target instanceof RegExp) return path.search(target) >= 0;
  if (target === "all-linear" && !listed) return path !== "lm_head" && !path.endsWith(".lm_head");
  return path === target || path.endsWith(`.${target}`);
}

function noMatch(target: string | RegExp, linears: ReadonlyMap<string, Linear>): Error {
  const names = new Set([...linears.keys()].map((path) => path.split(".").pop()));
  const shown = [...linears.keys()].slice(0, 12).join(", ");
  return new Error(
    `applyLora: no linear layer matches ${target}; the model's linear layers end in: ${[...names].join(", ") || "(it has none)"}` +
      (linears.size > 0 ? ` (paths: ${shown}${linears.size > 12 ? ", …" : ""})` : ""),
  );
}
