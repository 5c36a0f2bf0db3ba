// The fixture's models.

import { readFileSync } from "node:fs";

/** What sentencepiece made of `lines`. */
export interface Case {
  /** The `.model` file in base64. */
  model: string;
  ids: number[][];
  decode: [number[], string][];
  nbest: number[][][] | null;
}

export const fixture = JSON.parse(readFileSync(new URL("./fixtures/sentencepiece.json", import.meta.url), "utf8")) as {
  lines: string[];
  models: Record<string, Case>;
};

export function modelBytes(name: string): Uint8Array {
  return new Uint8Array(Buffer.from(fixture.models[name]!.model, "base64"));
}
