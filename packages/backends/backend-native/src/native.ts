// The backend `native`: the kernels as an addon of Node.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Block, bindings, type Machine, registerMachine } from "@llm/kernels";

/** What cpp/addon.cc exports. */
interface Addon {
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
 * @throws Error when there is neither a prebuilt binary for this platform nor one built from source
 */
export function nativeMachine(): Machine {
  const addon = loadAddon();
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

/** Found by the package's own name, so that an app may bundle this file elsewhere. */
function loadAddon(): Addon {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("@llm/backend-native/package.json"));
  try {
    return (createRequire(join(folder, "package.json"))("node-gyp-build") as (folder: string) => Addon)(folder);
  } catch (error) {
    throw new Error(
      "the backend native has no binary for this platform and was not built from source: install a C++ compiler, make " +
        "and Python, then `npm rebuild @llm/backend-native`; or use @llm/backend-simd, which runs the same kernels",
      { cause: error },
    );
  }
}
