// The loss in the units in which models are compared.
//
//   perplexity = e^(nats per token),  bits per byte = Σ nats / (ln 2 · Σ bytes)
//
// Perplexity depends on the tokenizer; bits per byte do not, as long as the bytes are those of the scored text alone.

/** The perplexity of a mean loss in nats per token. */
export function perplexity(nats: number): number {
  return Math.exp(nats);
}

/**
 * Bits per byte of text.
 *
 * @param total `nats`: the summed loss of all scored tokens; `bytes`: the UTF-8 bytes that they stand for, without
 *   special and ignored tokens
 * @throws RangeError unless there is at least one byte
 */
export function bitsPerByte({ nats, bytes }: { nats: number; bytes: number }): number {
  if (!(bytes > 0)) throw new RangeError(`bitsPerByte: bytes must be positive, got ${bytes}`);
  return nats / (Math.LN2 * bytes);
}
