// Exits with 0 where node-llama-cpp finds a binary of llama.cpp that this machine can run.
//
// A file rather than `node -e`: the package forks a process to try its binary out, and that would inherit the `-e`.

import { getLlama, LlamaLogLevel } from "node-llama-cpp";

const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.disabled });
await llama.dispose();
process.exit(0);
