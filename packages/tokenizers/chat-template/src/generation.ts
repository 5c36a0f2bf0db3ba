// `{% generation %} … {% endgeneration %}`: what a template itself calls the assistant's words.
//
// Jinja knows no such block; transformers adds it. Here each of its ends becomes an expression that writes a mark, a
// private-use character that the template does not have, between two statements that do nothing: those trim white space
// exactly as the block's own ends do. After rendering, marks are taken out, and tell where they were.

/** A stretch of text, in UTF-16 units. */
export type Span = [start: number, end: number];

const OPEN = /\{%([-+]?)\s*generation\s*([-+]?)%\}/g;
const CLOSE = /\{%([-+]?)\s*endgeneration\s*([-+]?)%\}/g;

/** A private-use character that the source does not have. */
export function unusedMark(source: string): string {
  for (let code = 0xf0000; ; code++) {
    const mark = String.fromCodePoint(code);
    if (!source.includes(mark)) return mark;
  }
}

/** The template with a mark written at both ends of each generation block; undefined if it has none. */
export function marked(source: string, mark: string): string | undefined {
  if (!new RegExp(OPEN).test(source)) return undefined;
  const write = `{{ '${mark}' }}`;
  return source
    .replace(OPEN, (_, before: string, after: string) => `{%${before} if true %}${write}{% if true ${after}%}`)
    .replace(CLOSE, (_, before: string, after: string) => `{%${before} endif %}${write}{% endif ${after}%}`);
}

/** The text without the marks, and the spans between an odd mark and the next. */
export function takeMarks(text: string, mark: string): { text: string; spans: Span[] } {
  const parts = text.split(mark);
  const spans: Span[] = [];
  let at = 0;
  parts.forEach((part, i) => {
    if (i % 2 === 1) spans.push([at, at + part.length]);
    at += part.length;
  });
  return { text: parts.join(""), spans: spans.filter(([start, end]) => end > start) };
}
