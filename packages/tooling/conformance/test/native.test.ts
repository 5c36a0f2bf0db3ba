import { nativeMachine, registerNativeBackend } from "@llm/backend-native";
import { bindings, registerMachine } from "@llm/kernels";
import { available } from "@llm/testing";
import { describe } from "vitest";
import { conformance } from "../src/index.js";

describe.skipIf(!available("native"))("the kernels as an addon", () => {
  // Under a sanitizer, blocks are as large as their tensors, so that no byte behind one goes unseen.
  if (process.env.LLM_EXACT) {
    registerMachine("native", () => ({ ...nativeMachine(), round: (bytes) => bytes }), bindings);
  } else registerNativeBackend();
  conformance("native");
});
