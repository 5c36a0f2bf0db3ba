// The derivative of log Γ: what the logarithm of a count becomes when the counts' distribution is drawn from a Dirichlet prior.
//
//   ψ(x) = ψ(x + 1) - 1/x,   ψ(x + 1/2) ≈ log x + 1/(24 x²) - 7/(960 x⁴) + 31/(8064 x⁶) - 127/(30720 x⁸)
//
// Source: Abramowitz and Stegun, 6.3.5 and the expansion of ψ around half integers. Right to 1e-9 for x > 0.

export function digamma(x: number): number {
  let result = 0;
  let shifted = x;
  for (; shifted < 7; shifted++) result -= 1 / shifted;
  const y = shifted - 0.5;
  const inverse = 1 / (y * y);
  const series = inverse * (1 / 24 - inverse * (7 / 960 - inverse * (31 / 8064 - (inverse * 127) / 30720)));
  return result + Math.log(y) + series;
}
