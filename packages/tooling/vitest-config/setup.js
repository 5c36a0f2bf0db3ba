// Runs before each test file: a quiet tfjs on its reference backend, or on the one that LLM_TEST_BACKEND names, so that
// every test of the house can be a test of that backend too.
import "@tensorflow/tfjs-backend-cpu";
import { env, ready, setBackend } from "@tensorflow/tfjs-core";

const backends = {
  cpu: () => undefined,
  native: async () => (await import("../../backends/backend-native/src/index.ts")).registerNativeBackend(),
  simd: async () => (await import("../../backends/backend-simd/src/index.ts")).registerSimdBackend(),
};
const name = process.env.LLM_TEST_BACKEND ?? "cpu";
if (!backends[name])
  throw new Error(`LLM_TEST_BACKEND must be one of ${Object.keys(backends).join(", ")}, got ${name}`);

env().set("IS_TEST", true);
await backends[name]();
await setBackend(name);
await ready();
