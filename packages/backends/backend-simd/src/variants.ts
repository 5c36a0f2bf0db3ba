// Which build of the module this host can run.

/** A build of the kernels: with fused multiply-add or not, with threads or not. */
export interface Variant {
  isa: "simd" | "relaxed-simd";
  module: WebAssembly.Module;
}

type Source = () => Promise<string>;

const sources: Record<"threads" | "alone", readonly [Variant["isa"], Source][]> = {
  threads: [
    ["relaxed-simd", async () => (await import("./modules/relaxed-threads.js")).relaxedThreads],
    ["simd", async () => (await import("./modules/simd-threads.js")).simdThreads],
  ],
  alone: [
    ["relaxed-simd", async () => (await import("./modules/relaxed.js")).relaxed],
    ["simd", async () => (await import("./modules/simd.js")).simd],
  ],
};

/**
 * The best build that the host accepts.
 * @throws Error when it has no WebAssembly SIMD at all
 */
export async function compileVariant(threads: boolean): Promise<Variant> {
  for (const [isa, source] of sources[threads ? "threads" : "alone"]) {
    const bytes = await inflated(await source());
    if (WebAssembly.validate(bytes)) return { isa, module: await WebAssembly.compile(bytes) };
  }
  throw new Error("the backend simd needs WebAssembly with 128-bit SIMD, which this host does not have");
}

async function inflated(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
