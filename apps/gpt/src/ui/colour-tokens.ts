// A text with each token on a ground of its own, five colours in turn.

import pc from "picocolors";

const grounds = [pc.bgBlue, pc.bgGreen, pc.bgMagenta, pc.bgCyan, pc.bgYellow] as const;

/** The parts in colours; without colours, with bars between them. Parts that are the same characters are shown once. */
export function colourTokens(parts: readonly string[], offsets: readonly (readonly [number, number])[]): string {
  const shown = parts.filter((part, i) => part !== "" && offsets[i]![0] !== offsets[i - 1]?.[0]);
  if (!pc.isColorSupported) return shown.join("|");
  return shown
    .map((part, i) =>
      part
        .split("\n")
        .map((line) => ground(line, i))
        .join("⏎\n"),
    )
    .join("");
}

function ground(line: string, i: number): string {
  return line === "" ? "" : pc.black(grounds[i % grounds.length]!(line));
}
