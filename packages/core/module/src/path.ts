// Paths of parameters: `layers.0.self_attn.q_proj.weight`, as Hugging Face and PyTorch write them.

/** The path segment of a property: `qProj` → `q_proj`. */
export function segmentOf(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The property of a path segment: `q_proj` → `qProj`. */
export function propertyOf(segment: string): string {
  return segment.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Joins a prefix, which may be empty, and a segment. */
export function join(prefix: string, segment: string): string {
  return prefix === "" ? segment : `${prefix}.${segment}`;
}
