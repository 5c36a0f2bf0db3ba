// Sorts distances into buckets: near ones have a bucket each, farther ones share buckets that widen logarithmically.
//
//   d < E:  bucket d       else:  bucket min(M − 1, E + ⌊ln(d/E) / ln(D/E) · (M − E)⌋),   E = ⌊M/2⌋
//
// for the distance d ≥ 0 into the past, of M buckets up to the distance D. Bidirectional attention halves the buckets:
// the second half is for keys after the query. Causal attention puts those into bucket 0: nobody sees them.
// Source: Raffel et al., https://arxiv.org/abs/1910.10683, §2.1, and the T5 code, whose rounding this follows.

/** How distances are sorted. */
export interface BucketOptions {
  /** Whether keys after the query have buckets of their own: encoders. Decoders have "causal". Default "bidirectional". */
  direction?: "bidirectional" | "causal";
  /** Number of buckets; even when bidirectional. Default 32. */
  buckets?: number;
  /** From here on, all distances share the last bucket. Default 128. */
  maxDistance?: number;
}

/**
 * The bucket of a relative position.
 *
 * @param relative key's position − query's
 * @returns 0 … buckets − 1
 * @throws Error when the options leave no bucket for near distances, or none for far ones
 */
export function relativeBucket(relative: number, options: BucketOptions = {}): number {
  return bucketing(options)(relative);
}

/**
 * The buckets of T queries and S keys, of which the queries are the last; [T][S] in one array.
 *
 * @throws Error as `relativeBucket`, and when there are more queries than keys
 */
export function relativeBuckets(queries: number, keys: number, options: BucketOptions = {}): Int32Array {
  if (!(Number.isInteger(queries) && queries > 0 && Number.isInteger(keys) && keys >= queries)) {
    throw new Error(
      `relativeBuckets: needs whole numbers 0 < queries ≤ keys, since the queries are the last of the keys' positions; got ${queries} and ${keys}`,
    );
  }
  const bucket = bucketing(options);
  // One for each distance, −(S − 1) … T − 1, since there are fewer of them than pairs.
  const byDistance = Int32Array.from({ length: keys + queries - 1 }, (_, i) => bucket(i - keys + 1));
  const result = new Int32Array(queries * keys);
  for (let i = 0; i < queries; i++) {
    const from = queries - 1 - i;
    result.set(byDistance.subarray(from, from + keys), i * keys);
  }
  return result;
}

/** Checked once for all distances. */
function bucketing(options: BucketOptions): (relative: number) => number {
  const { direction = "bidirectional", buckets = 32, maxDistance = 128 } = options;
  const both = direction === "bidirectional";
  if (!both && direction !== "causal") {
    throw new Error(`relativeBucket: direction must be "bidirectional" or "causal", got ${JSON.stringify(direction)}`);
  }
  const side = both ? buckets / 2 : buckets;
  const exact = Math.floor(side / 2);
  if (!Number.isInteger(side) || exact < 1 || !(maxDistance > exact)) {
    throw new Error(
      `relativeBucket: needs at least ${both ? 4 : 2} buckets${both ? ", an even number," : ""} and a maxDistance beyond the ${exact} near ones, got ${buckets} and ${maxDistance}`,
    );
  }
  const perLog = (side - exact) / Math.log(maxDistance / exact);
  return (relative) => {
    const distance = both ? Math.abs(relative) : Math.max(0, -relative);
    const far = exact + Math.floor(Math.log(distance / exact) * perLog + ROUNDING);
    return (both && relative > 0 ? side : 0) + (distance < exact ? distance : Math.min(side - 1, far));
  };
}

// Where the logarithm is a whole number (distance 16, 32, 64 of T5), float64 may come out just below it.
const ROUNDING = 1e-9;
