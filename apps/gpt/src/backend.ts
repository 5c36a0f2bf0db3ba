// Which tfjs backend computes, and why.

import { engine, env, getBackend, ready, setBackend } from "@tensorflow/tfjs-core";
import type { BackendName } from "./config/schema.js";
import { UserError } from "./ui/error.js";

type Concrete = Exclude<BackendName, "auto">;

/** Fastest first. */
const candidates: Record<Concrete, () => Promise<void>> = {
  native: async () => {
    throw new UserError("the backend native is not part of this version; use wasm");
  },
  webgpu: async () => (await import("./webgpu.js")).registerWebGpu(),
  wasm: async () => void (await import("@tensorflow/tfjs-backend-wasm")),
  cpu: async () => void (await import("@tensorflow/tfjs-backend-cpu")),
};

/**
 * Activates a backend; `auto` takes the fastest that loads.
 * @returns its name
 * @throws UserError when the one asked for is not there
 */
export async function activateBackend(name: BackendName): Promise<Concrete> {
  env().set("PROD", true); // tfjs prints a banner otherwise
  const order = name === "auto" ? (Object.keys(candidates) as Concrete[]) : [name];
  for (const candidate of order) {
    try {
      await candidates[candidate]();
      if (!engine().registryFactory[candidate] || !(await setBackend(candidate))) {
        throw new UserError(`the backend ${candidate} could not start on this machine`);
      }
      await ready();
      return getBackend() as Concrete;
    } catch (error) {
      if (name !== "auto") throw error;
    }
  }
  throw new UserError("no backend could start");
}
