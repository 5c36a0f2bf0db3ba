// Text and instructions from documented TypeScript declarations.
//
// A file is cut into pieces at the boundaries of its declarations. Each piece carries the examples found
// inside it (documentation comment → signature), so that what is held out of the text is held out of the
// instructions too, and the other way round.

import ts from "typescript";

/** A documented declaration: what it says it does, and how it is written. */
export interface Example {
  description: string;
  signature: string;
}

/** Some consecutive declarations of a file. */
export interface Piece {
  id: string;
  text: string;
  examples: Example[];
}

const PIECE_CHARACTERS = 6000;
const MAX_DESCRIPTION = 160;
const MAX_SIGNATURE = 120;

/** Cuts a declaration file into pieces of a few thousand characters. */
export function cutDeclarations(name: string, text: string): Piece[] {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const pieces: Piece[] = [];
  let start = 0;
  let examples: Example[] = [];
  const close = (end: number): void => {
    if (text.slice(start, end).trim() !== "")
      pieces.push({ id: `${name}#${pieces.length}`, text: text.slice(start, end), examples });
    [start, examples] = [end, []];
  };
  for (const statement of statements(source)) {
    // A long interface would drag its neighbors into one piece, so the piece before it ends first.
    if (statement.end - start > PIECE_CHARACTERS && statement.pos > start) close(statement.pos);
    collectExamples(statement, source, examples);
    if (statement.end - start > PIECE_CHARACTERS) close(statement.end);
  }
  close(text.length);
  return pieces;
}

/** Top-level statements; a large `declare module` block counts as the statements inside. */
function* statements(node: ts.SourceFile | ts.ModuleBlock): Generator<ts.Statement> {
  for (const statement of node.statements) {
    const body = ts.isModuleDeclaration(statement) ? statement.body : undefined;
    if (body && ts.isModuleBlock(body) && statement.end - statement.pos > PIECE_CHARACTERS) yield* statements(body);
    else yield statement;
  }
}

function collectExamples(node: ts.Node, source: ts.SourceFile, examples: Example[]): void {
  const example = exampleOf(node, source);
  if (example) examples.push(example);
  ts.forEachChild(node, (child) => collectExamples(child, source, examples));
}

function exampleOf(node: ts.Node, source: ts.SourceFile): Example | undefined {
  const declares =
    ts.isFunctionDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isPropertySignature(node) ||
    ts.isMethodDeclaration(node);
  if (!declares) return undefined;
  const comment = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)?.comment;
  const description = firstSentence(typeof comment === "string" ? comment : (ts.getTextOfJSDocComment(comment) ?? ""));
  const signature = source.text.slice(node.getStart(source), node.end).replace(/\s+/g, " ").trim();
  if (description.length < 20 || description.length > MAX_DESCRIPTION || signature.length > MAX_SIGNATURE)
    return undefined;
  return { description, signature };
}

/** The first sentence of a comment, in one line, with its markup taken out. */
function firstSentence(comment: string): string {
  const paragraph = (comment.split(/\n\s*\n/)[0] as string)
    .replace(/\[MDN Reference\]\(.*?\)/g, "")
    .replace(/\[(.*?)\]\(.*?\)/g, "$1");
  const line = paragraph
    .replace(/\*\*|`/g, "")
    .replace(/\s+/g, " ")
    .trim();
  return line.match(/^.*?[.!?](?=\s|$)/)?.[0] ?? line;
}
