// The backend `native`: the kernels as an addon of Node.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { type Block, bindings, type Machine, registerMachine } from "@llm/kernels";

/** What cpp/addon.cc exports. */
export interface Addon {
  isa: string;
  threads: number;
  kernels: string[];
  arguments: Float64Array;
  allocate(bytes: number): ArrayBuffer;
  address(buffer: ArrayBuffer): number;
  run(kernel: number): void;
}

/** Registers the backend; `setBackend("native")` then activates it. Loads the addon at once, so that it fails here. */
export function registerNativeBackend(): void {
  const machine = nativeMachine();
  registerMachine("native", () => machine, bindings);
}

/**
 * The addon as a machine.
 *
 * @param addon another copy than the installed one, for tests
 * @throws Error when there is neither a prebuilt binary for this platform nor one built from source
 */
export function nativeMachine(addon: Addon = loadAddon()): Machine {
  return {
    isa: addon.isa,
    threads: addon.threads,
    kernels: addon.kernels,
    arguments: addon.arguments,
    run: addon.run,
    allocate: (bytes): Block => {
      const buffer = addon.allocate(bytes);
      return { address: addon.address(buffer), bytes, buffer, offset: 0 };
    },
  };
}

function loadAddon(): Addon {
  const load = createRequire(import.meta.url)("node-gyp-build") as (folder: string) => Addon;
  return load(fileURLToPath(new URL("..", import.meta.url)));
}
