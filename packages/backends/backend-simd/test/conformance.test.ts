import { conformance } from "@llm/conformance";
import { registerSimdBackend } from "../src/index.js";

registerSimdBackend();
conformance("simd");
