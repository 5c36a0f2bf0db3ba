// The layout of a token file: llm.c's header of 256 int32, or nanoGPT's none.
//
//   llm.c    int32[256] = magic, version, number of tokens, 0 …, then the tokens
//            magic 20240520, version 1: uint16 (GPT-2);  magic 20240801, version 7: uint32 (Llama 3)
//   nanoGPT  tokens only, uint16
//
// All little-endian. Source: karpathy/llm.c, dev/data/data_common.py; karpathy/nanoGPT, data/*/prepare.py.

/** How a token is stored. */
export type TokenDtype = "uint16" | "uint32";
/** Whose file it is; "auto" looks at the first four bytes. */
export type ShardFormat = "llm.c" | "nanogpt" | "auto";

/** Where a shard's tokens are and how they are stored. */
export interface ShardLayout {
  format: "llm.c" | "nanogpt";
  dtype: TokenDtype;
  /** Bytes before the first token. */
  headerBytes: number;
  /** The number of tokens. */
  tokens: number;
}

/** A token file that is truncated, of another kind, or made of something else. */
export class ShardError extends Error {
  override name = "ShardError";
}

const kinds: Record<TokenDtype, { magic: number; version: number; bytes: number }> = {
  uint16: { magic: 20240520, version: 1, bytes: 2 },
  uint32: { magic: 20240801, version: 7, bytes: 4 },
};

/** Bytes of llm.c's header. */
export const shardHeaderBytes: number = 256 * 4;

/** Bytes of one token. */
export function bytesPerToken(dtype: TokenDtype): number {
  return kinds[dtype].bytes;
}

/** The smallest type that holds all ids of a vocabulary of `size` tokens. */
export function dtypeForVocabulary(size: number): TokenDtype {
  return size <= 2 ** 16 ? "uint16" : "uint32";
}

/** llm.c's header for a shard of `tokens` tokens. */
export function encodeShardHeader(dtype: TokenDtype, tokens: number): Uint8Array {
  if (!Number.isInteger(tokens) || tokens < 0 || tokens >= 2 ** 31) {
    throw new RangeError(`encodeShardHeader: a shard holds 0 to 2^31 - 1 tokens, got ${tokens}`);
  }
  const bytes = new Uint8Array(shardHeaderBytes);
  const view = new DataView(bytes.buffer);
  [kinds[dtype].magic, kinds[dtype].version, tokens].forEach((value, i) => void view.setInt32(4 * i, value, true));
  return bytes;
}

/**
 * Reads the layout from the beginning of a file.
 *
 * @param start at least the first 1024 bytes of the file, or all of a shorter one
 * @param fileBytes the size of the whole file
 * @throws ShardError when header and size contradict each other, or the file is not of the given format
 */
export function parseShardHeader(
  start: Uint8Array,
  fileBytes: number,
  { format = "auto", dtype, name = "shard" }: { format?: ShardFormat; dtype?: TokenDtype; name?: string } = {},
): ShardLayout {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const magic = start.length >= 4 ? view.getInt32(0, true) : 0;
  const found = (Object.keys(kinds) as TokenDtype[]).find((kind) => kinds[kind].magic === magic);
  if (format === "nanogpt" || (format === "auto" && !found)) return headerless(fileBytes, dtype ?? "uint16", name);
  if (!found)
    throw new ShardError(
      `${name}: does not begin with an llm.c magic number (20240520 or 20240801), but with ${magic}`,
    );
  if (dtype && dtype !== found) throw new ShardError(`${name}: holds ${found} tokens, expected ${dtype}`);
  if (start.length < shardHeaderBytes)
    throw new ShardError(`${name}: cut off in its header, after ${start.length} of ${shardHeaderBytes} bytes`);
  const version = view.getInt32(4, true);
  if (version !== kinds[found].version) {
    throw new ShardError(
      `${name}: version ${version}; for ${found} tokens only version ${kinds[found].version} is known`,
    );
  }
  const tokens = view.getInt32(8, true);
  const expected = shardHeaderBytes + tokens * kinds[found].bytes;
  if (tokens < 0 || expected !== fileBytes) {
    throw new ShardError(
      `${name}: the header promises ${tokens} ${found} tokens in ${expected} bytes, but the file has ${fileBytes} bytes`,
    );
  }
  return { format: "llm.c", dtype: found, headerBytes: shardHeaderBytes, tokens };
}

function headerless(fileBytes: number, dtype: TokenDtype, name: string): ShardLayout {
  const tokens = fileBytes / kinds[dtype].bytes;
  if (!Number.isInteger(tokens))
    throw new ShardError(`${name}: ${fileBytes} bytes are no whole number of ${dtype} tokens`);
  return { format: "nanogpt", dtype, headerBytes: 0, tokens };
}
