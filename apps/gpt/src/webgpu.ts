// tfjs' WebGPU backend in Node, on the GPU that the package `webgpu` (Dawn) finds. Both packages are large and
// optional, so the app does not bring them: they are taken from beside the app or from the current folder.

import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { registerBackend } from "@tensorflow/tfjs-core";
import { UserError } from "./ui/error.js";

/** What is used of the two packages. */
interface Dawn {
  create(options: string[]): { requestAdapter(): Promise<Adapter | null> };
  globals: object;
}
interface Adapter {
  info: unknown;
  features: Iterable<string>;
  limits: Record<string, number>;
  requestDevice(descriptor: object): Promise<unknown>;
}
interface Backend {
  WebGPUBackend: new (device: unknown, info: unknown) => never;
}

/**
 * Registers the backend `webgpu`.
 * @throws UserError when a package or a GPU is missing
 */
export async function registerWebGpu(): Promise<void> {
  const [dawn, backend] = (await Promise.all([load("webgpu"), load("@tensorflow/tfjs-backend-webgpu")])) as [
    Dawn,
    Backend,
  ];
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create([]);
  // Node has a navigator since version 21 only, and tfjs looks for the GPU there.
  if (!globalThis.navigator) Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  Object.defineProperty(globalThis.navigator, "gpu", { value: gpu, configurable: true });
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new UserError("the backend webgpu found no GPU on this machine");
  const { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize },
  });
  registerBackend("webgpu", () => new backend.WebGPUBackend(device, adapter.info));
}

async function load(name: string): Promise<unknown> {
  const here = createRequire(join(process.cwd(), "package.json"));
  try {
    return await import(name).catch(() => import(pathToFileURL(here.resolve(name)).href));
  } catch (error) {
    throw new UserError(
      `the backend webgpu needs the package ${name} (${(error as Error).message.split("\n")[0]}): ` +
        "npm install webgpu @tensorflow/tfjs-backend-webgpu",
    );
  }
}
