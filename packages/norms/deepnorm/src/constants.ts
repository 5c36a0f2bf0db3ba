// How much DeepNorm scales the residual (α) and the initial weights (β), by depth and structure.
//
//   encoder only, N layers    α = (2N)^¼               β = (8N)^−¼
//   decoder only, M layers    α = (2M)^¼               β = (8M)^−¼
//   both: encoder             α = 0.81·(N⁴·M)^(1/16)   β = 0.87·(N⁴·M)^(−1/16)
//   both: decoder             α = (3M)^¼               β = (12M)^−¼
//   GLM, N layers             α = (2N)^½               β = (2N)^−½
//
// β multiplies the deviation of initial weights of feed-forward, value and output projections; query and key projections
// keep theirs. Source: Wang et al., "DeepNet", https://arxiv.org/abs/2203.00555, fig. 2; GLM: Zeng et al., "GLM-130B",
// https://arxiv.org/abs/2210.02414, §2.1.

/** Scale of the residual and of initial weights. */
export interface DeepNormConstants {
  alpha: number;
  beta: number;
}

/** How deep each part is; leave out the part that there is not. */
export interface DeepNormDepth {
  encoderLayers?: number;
  decoderLayers?: number;
}

/**
 * α and β of each part that there is.
 *
 * @throws Error without any layers, or for a depth that is not a positive whole number
 */
export function deepNormConstants(depth: DeepNormDepth): { encoder?: DeepNormConstants; decoder?: DeepNormConstants } {
  const { encoderLayers: n, decoderLayers: m } = depth;
  for (const [name, layers] of Object.entries(depth)) if (layers !== undefined) check(name, layers);
  if (n !== undefined && m !== undefined) {
    const mixed = (n ** 4 * m) ** (1 / 16);
    return { encoder: { alpha: 0.81 * mixed, beta: 0.87 / mixed }, decoder: fourthRoots(3 * m, 12 * m) };
  }
  if (n !== undefined) return { encoder: fourthRoots(2 * n, 8 * n) };
  if (m !== undefined) return { decoder: fourthRoots(2 * m, 8 * m) };
  throw new Error("deepNormConstants: give encoderLayers, decoderLayers, or both");
}

/**
 * GLM-130B's and ChatGLM-6B's α and β, for `glmNorm`.
 *
 * @throws Error unless layers is a positive whole number
 */
export function glmNormConstants(layers: number): DeepNormConstants {
  check("layers", layers);
  return { alpha: Math.sqrt(2 * layers), beta: 1 / Math.sqrt(2 * layers) };
}

const fourthRoots = (a: number, b: number): DeepNormConstants => ({ alpha: a ** 0.25, beta: b ** -0.25 });

function check(name: string, layers: number): void {
  if (Number.isInteger(layers) && layers > 0) return;
  throw new Error(`deepNormConstants: ${name} must be a positive whole number, got ${layers}`);
}
