import { nativeMachine, registerNativeBackend } from "@llm/backend-native";
import { bindings, registerMachine } from "@llm/kernels";
import { available } from "@llm/testing";
import { describe, test } from "vitest";
import { conformance } from "../src/index.js";

const there = available("native");

describe.skipIf(!there)("the kernels as an addon", () => {
  if (!there) return test("needs the addon", () => {});
  // Under a sanitizer, blocks are as large as their tensors, so that no byte behind one goes unseen.
  if (process.env.LLM_EXACT) {
    registerMachine("native", () => ({ ...nativeMachine(), round: (bytes) => bytes }), bindings);
  } else registerNativeBackend();
  conformance("native");
});
