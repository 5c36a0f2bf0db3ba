// Which tfjs backend computes, and why.

import { engine, env, getBackend, ready, setBackend } from "@tensorflow/tfjs-core";
import type { BackendName } from "./config/schema.js";
import { UserError } from "./ui/error.js";
import { say } from "./ui/progress.js";

/** A backend that was chosen. */
export type Concrete = Exclude<BackendName, "auto">;

const register: Record<Concrete, () => Promise<void>> = {
  native: async () => (await import("@llm/backend-native")).registerNativeBackend(),
  simd: async () => (await import("@llm/backend-simd")).registerSimdBackend(),
  webgpu: async () => (await import("./webgpu.js")).registerWebGpu(),
  wasm: async () => void (await import("@tensorflow/tfjs-backend-wasm")),
  cpu: async () => void (await import("@tensorflow/tfjs-backend-cpu")),
};

/** What `auto` tries, fastest first. A GPU is for those who ask for it: on small models it is the slower one. */
const automatic: readonly Concrete[] = ["native", "simd", "wasm", "cpu"];

/**
 * Activates a backend; `auto` takes the fastest that loads, and says why a faster one did not.
 * @returns its name
 * @throws UserError when the one asked for is not there
 */
export async function activateBackend(name: BackendName): Promise<Concrete> {
  env().set("PROD", true); // tfjs prints a banner otherwise
  const order = name === "auto" ? automatic : [name];
  for (const candidate of order) {
    try {
      await start(candidate);
      return getBackend() as Concrete;
    } catch (error) {
      if (name !== "auto") throw new UserError((error as Error).message);
      say(`backend ${candidate} is not used: ${(error as Error).message}`);
    }
  }
  throw new UserError("no backend could start");
}

async function start(candidate: Concrete): Promise<void> {
  await register[candidate]();
  if (!engine().registryFactory[candidate] || !(await setBackend(candidate))) {
    throw new Error(`the backend ${candidate} could not start on this machine`);
  }
  await ready();
}

/** Whether each backend starts on this machine; for one that does not, why. */
export async function availableBackends(): Promise<Map<Concrete, { problem?: string }>> {
  env().set("PROD", true);
  const found = new Map<Concrete, { problem?: string }>();
  for (const candidate of Object.keys(register) as Concrete[]) {
    const problem = await start(candidate).then(
      () => undefined,
      (error: Error) => error.message,
    );
    found.set(candidate, problem === undefined ? {} : { problem });
  }
  return found;
}
