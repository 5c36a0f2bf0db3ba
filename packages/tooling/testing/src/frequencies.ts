// Pearson's chi-square test: whether counts come from given probabilities.

/**
 * Throws unless the counts are plausible: a right generator would be refused once in a thousand seeds, and tests fix
 * theirs.
 *
 * @param counts how often each outcome was seen
 * @param probabilities of the outcomes; they sum to 1, and each is expected at least five times
 */
export function expectFrequencies(counts: readonly number[], probabilities: readonly number[]): void {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const mass = probabilities.reduce((sum, p) => sum + p, 0);
  if (Math.abs(mass - 1) > 1e-9 || counts.length !== probabilities.length) {
    throw new Error(`expectFrequencies: ${counts.length} counts need as many probabilities that sum to 1, got ${mass}`);
  }
  const rare = probabilities.findIndex((p) => p * total < 5);
  if (rare >= 0) throw new Error(`expectFrequencies: outcome ${rare} is expected fewer than 5 times; draw more`);
  const statistic = counts.reduce((sum, count, i) => {
    const expected = (probabilities[i] as number) * total;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  const limit = chiSquareQuantile(counts.length - 1);
  if (!(statistic <= limit)) {
    const wanted = probabilities.map((p) => (p * total).toFixed(0));
    throw new Error(
      `expectFrequencies: chi-square ${statistic.toFixed(1)} > ${limit.toFixed(1)}: [${counts}], expected [${wanted}]`,
    );
  }
}

/** The 99.9 % quantile, by Wilson and Hilferty's approximation. */
function chiSquareQuantile(degrees: number): number {
  const spread = 2 / (9 * degrees);
  return degrees * (1 - spread + 3.0902 * Math.sqrt(spread)) ** 3;
}
