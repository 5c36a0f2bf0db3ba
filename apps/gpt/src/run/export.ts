// `llm export`: a model as others open it, as a Hugging Face folder or a PEFT adapter.

import { existsSync, readdirSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { loraStateDict, mergeLora } from "@llm/lora";
import { writeSafetensors } from "@llm/safetensors/node";
import { dispose } from "@tensorflow/tfjs-core";
import { UserError } from "../ui/error.js";
import { writeJson } from "./directory.js";
import { huggingFaceArchitecture, namesToHuggingFace } from "./model.js";
import { ADAPTER_CONFIG, loadSaved } from "./saved.js";
import { toStored } from "./tensors.js";

/** What is exported, as what, and where to. */
export interface ExportOptions {
  run: string;
  out: string;
  format: "hf" | "peft";
  checkpoint: "best" | "latest";
}

/** Writes a new folder and returns the names of its files. Adapters are merged into the weights for `hf`. */
export async function exportRun({ run, out, format, checkpoint }: ExportOptions): Promise<string[]> {
  if (existsSync(out) && readdirSync(out).length > 0) throw new UserError(`${out} is not empty; use another --out`);
  const { model, architecture, paths, adapted } = await loadSaved(run, checkpoint);
  try {
    if (format === "peft" && !adapted) throw new UserError(`${run} has no adapter; export it with --format hf`);
    await mkdir(out, { recursive: true });
    if (format === "peft") {
      await writeSafetensors(join(out, "adapter_model.safetensors"), await toStored(loraStateDict(model)), {
        format: "pt",
      });
      await copyFile(join(run, ADAPTER_CONFIG), join(out, ADAPTER_CONFIG));
    } else {
      if (adapted) mergeLora(model);
      const named = namesToHuggingFace(architecture, model.namedParameters());
      await writeSafetensors(join(out, "model.safetensors"), await toStored(named.tensors), { format: "pt" });
      dispose(named.temporary);
      await writeJson(join(out, "config.json"), huggingFaceArchitecture(architecture));
    }
    await copyFile(paths.tokenizer, join(out, "tokenizer.json"));
    return readdirSync(out)
      .sort()
      .map((name) => join(out, name));
  } finally {
    model.dispose();
  }
}
