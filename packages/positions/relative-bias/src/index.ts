export { type BucketOptions, relativeBucket, relativeBuckets } from "./buckets.js";
export { RelativeBias, type RelativeBiasConfig } from "./module.js";
export { type RelativeBiasOptions, relativeBias } from "./relative-bias.js";
