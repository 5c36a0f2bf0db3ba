// All segmentations of a short text, the obvious way.

/** Each way to write `text` as pieces of `scores`, by rising number of characters of the first piece. */
export function segmentations(
  text: string,
  scores: ReadonlyMap<string, number>,
): { pieces: string[]; score: number }[] {
  if (text === "") return [{ pieces: [], score: 0 }];
  const all: { pieces: string[]; score: number }[] = [];
  for (let end = 1; end <= text.length; end++) {
    const score = scores.get(text.slice(0, end));
    if (score === undefined) continue;
    for (const rest of segmentations(text.slice(end), scores)) {
      all.push({ pieces: [text.slice(0, end), ...rest.pieces], score: score + rest.score });
    }
  }
  return all;
}
