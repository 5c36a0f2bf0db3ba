// A set-up file of vitest: every test runs on the backend that LLM_TEST_BACKEND names, instead of tfjs' cpu.

import { registerNativeBackend } from "@llm/backend-native";
import { registerSimdBackend } from "@llm/backend-simd";
import { ready, setBackend } from "@tensorflow/tfjs-core";

const backends: Record<string, () => void> = {
  cpu: () => {},
  native: registerNativeBackend,
  simd: registerSimdBackend,
};
const name = process.env.LLM_TEST_BACKEND ?? "cpu";
const register = backends[name];
if (!register) throw new Error(`LLM_TEST_BACKEND must be one of ${Object.keys(backends).join(", ")}, got ${name}`);
register();
await setBackend(name);
await ready();
