// Ids of real text against npm tiktoken: what the installed packages say about themselves and their code, and made-up
// words in many scripts. Prints how much was compared, and fails at the first difference.
//
//   node bench/run.mjs equal [megabytes]

import { loadEncoding } from "../test/peers.js";
import { collect, manyScripts } from "./text.js";

const megabytes = Number(process.argv[2] ?? 12);
const parts = [
  collect(".md", megabytes * 400_000),
  collect(".d.ts", megabytes * 250_000),
  collect(".js", megabytes * 250_000),
  manyScripts(megabytes * 50_000),
];
for (const name of ["gpt2", "cl100k", "o200k"] as const) {
  const { bpe, scan, tiktoken } = loadEncoding(name);
  let bytes = 0;
  for (const text of parts) {
    for (let at = 0; at < text.length; at += 50_000) {
      const chunk = text.slice(at, at + 50_000);
      const ids = bpe.encode(chunk, scan);
      const expected = tiktoken.encode_ordinary(chunk);
      const other = ids.findIndex((id, index) => id !== expected[index]);
      if (other >= 0 || ids.length !== expected.length)
        throw new Error(
          `${name}: token ${other} differs near ${JSON.stringify(bpe.decode(ids.slice(Math.max(0, other - 3), other + 4)))}`,
        );
      bytes += Buffer.byteLength(chunk);
    }
  }
  tiktoken.free();
  console.log(`${name}: ${(bytes / 1e6).toFixed(1)} MB, the same ids`);
}
