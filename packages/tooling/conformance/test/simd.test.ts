import { registerSimdBackend } from "@llm/backend-simd";
import { conformance } from "../src/index.js";

registerSimdBackend();
conformance("simd");
