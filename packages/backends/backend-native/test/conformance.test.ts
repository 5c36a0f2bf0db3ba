import { conformance } from "@llm/conformance";
import { registerNativeBackend } from "../src/index.js";

registerNativeBackend();
conformance("native");
