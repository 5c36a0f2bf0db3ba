// Sizes that models are built from.

/**
 * Sizes must be whole numbers of at least one.
 *
 * @param model whose sizes they are, for the error
 * @param sizes by name
 * @throws Error naming the size that is not a positive whole number
 */
export function checkSizes(model: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (Number.isSafeInteger(size) && size > 0) continue;
    const hint = name === "headDim" ? "; without headDim, heads must divide dim" : "";
    throw new Error(`${model}: ${name} must be a positive whole number, got ${size}${hint}`);
  }
}

/**
 * One size must be a multiple of another.
 *
 * @param model whose sizes they are, for the error
 * @param divisor one size, `{ heads }`
 * @param multiple the other, `{ dim }`
 * @throws Error naming both when there is a remainder
 */
export function checkDivides(
  model: string,
  divisor: Readonly<Record<string, number>>,
  multiple: Readonly<Record<string, number>>,
): void {
  const [[small, a], [large, b]] = [Object.entries(divisor)[0], Object.entries(multiple)[0]] as [
    [string, number],
    [string, number],
  ];
  if (b % a !== 0) throw new Error(`${model}: ${small} must divide ${large} = ${b}, got ${a}`);
}
