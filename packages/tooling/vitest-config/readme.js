// README fences as tests. Each `ts` fence of a README becomes one test; `expr; // => value` asserts deep
// equality, `expr; // ~> value` that all numbers are close, `const y = f(x); // => 3` asserts y.
// `ts no-run` is only shown; `ts needs=native` runs where `available("native")` of @llm/testing finds it. The module that is made has the README's own lines, so errors point there.

import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { workspacePackages } from "@llm/setup/workspace";
import ts from "typescript";

const FENCE = /^\s*(`{3,}|~{3,})\s*(\S*)\s*(.*)$/;
const CLAIM = /^\/\/\s*([=~]>)\s*(.*)$/;

/** The Vite plugin: loads READMEs as tests and resolves the workspace's own packages for them. */
export function readmeTests({ root = process.cwd() } = {}) {
  let entries;
  return {
    name: "readme-tests",
    enforce: "pre",
    resolveId(id, importer) {
      if (!importer?.split("?")[0].endsWith(".md")) return null;
      entries ??= workspaceEntries(root);
      return entries.get(id) ?? null;
    },
    load(id) {
      const path = id.split("?")[0];
      if (!path.endsWith(".md")) return null;
      return compile(testModule(readFileSync(path, "utf8"), relative(root, path)), path);
    },
  };
}

/** Import specifier → source file, for every entry of every package of the workspace. */
export function workspaceEntries(root) {
  const entries = new Map();
  for (const { path, manifest } of workspacePackages(root)) {
    for (const [entry, target] of Object.entries(manifest.exports ?? {})) {
      const file = join(path, target["@llm/source"] ?? target.default ?? target);
      if (existsSync(file)) entries.set(`${manifest.name}${entry.slice(1)}`, file);
    }
  }
  return entries;
}

/** The fences of a README that run: their first line of code (from 0) and their lines. */
export function runnableFences(markdown) {
  const fences = [];
  let open;
  markdown.split(/\r?\n/).forEach((line, number) => {
    if (open) {
      if (line.trim() === open.mark) {
        if (open.runs) fences.push(open);
        open = undefined;
      } else open.lines.push(line);
      return;
    }
    const [, mark, language, rest] = FENCE.exec(line) ?? [];
    const needs = /\bneeds=(\w+)/.exec(rest ?? "")?.[1];
    if (mark) open = { mark, runs: language === "ts" && !/\bno-run\b/.test(rest), needs, start: number + 1, lines: [] };
  });
  if (open) throw new Error(`the fence opened on line ${open.start} is never closed`);
  return fences;
}

/** TypeScript with one test per fence, each line of code on its line of the README. */
export function testModule(markdown, file) {
  const output = markdown.split(/\r?\n/).map(() => "");
  const imports = new Map();
  for (const { start, lines, needs } of runnableFences(markdown)) {
    const body = rewrite(lines.join("\n"), imports, (line) => `${file}:${start + line + 1}`);
    body.split("\n").forEach((line, i) => {
      output[start + i] = line;
    });
    if (needs) imports.set("@llm/testing", 'import { available as __available } from "@llm/testing";');
    const test = needs ? `__test.skipIf(!__available(${JSON.stringify(needs)}))` : "__test";
    output[start - 1] += `${test}(${JSON.stringify(`line ${start}`)}, async () => {`;
    output[start + lines.length] += "});";
  }
  const empty = imports.size || output.some(Boolean) ? "" : `__test.skip("no ts fences", () => {});`;
  output[0] = `import { test as __test } from "vitest"; import * as __claims from "@llm/vitest-config/claims"; ${[...imports.values()].join(" ")} ${empty}${output[0]}`;
  return output.join("\n");
}

/** One fence: imports move to `imports`, claims wrap the expression they speak of; lines stay where they are. */
function rewrite(code, imports, where) {
  const source = ts.createSourceFile("fence.ts", code, ts.ScriptTarget.Latest, true);
  const lineOf = (position) => source.getLineAndCharacterOfPosition(position).line;
  const [problem] = source.parseDiagnostics;
  if (problem)
    throw new Error(`${where(lineOf(problem.start))}: ${ts.flattenDiagnosticMessageText(problem.messageText, "\n")}`);
  const claims = findClaims(code, source, where);
  const edits = [];
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) {
      hoist(node, imports, where(lineOf(node.getStart())));
      edits.push([node.getStart(), node.end, code.slice(node.getStart(), node.end).replace(/[^\n]/g, " ")]);
      return;
    }
    const claim = claims.get(lineOf(node.end));
    const expression = claim && spokenOf(node);
    if (expression && !(claim.statementEnd > node.end)) Object.assign(claim, { expression, statementEnd: node.end });
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const { kind, value, line, expression } of claims.values()) {
    if (!expression) throw new Error(`${where(line)}: this claim follows no expression or \`const x = …\` statement`);
    edits.push([
      expression.getStart(),
      expression.getStart(),
      `${kind === "=>" ? "__claims.equal" : "__claims.close"}((`,
    ]);
    edits.push([expression.end, expression.end, `), (${value}), ${JSON.stringify(where(line))})`]);
  }
  edits.sort((a, b) => b[0] - a[0]);
  return edits.reduce((text, [from, to, insert]) => text.slice(0, from) + insert + text.slice(to), code);
}

/** The expression a claim behind this statement is about. */
function spokenOf(node) {
  if (ts.isExpressionStatement(node)) return node.expression;
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.at(-1)?.initializer;
  return undefined;
}

/**
 * The claims of a fence by the line on which their statement ends. A value may run on over the
 * comment lines that follow; a claim on a line of its own belongs to the line of code above it.
 */
function findClaims(code, source, where) {
  const claims = new Map();
  const lines = code.split("\n");
  const comments = lineComments(source);
  for (let line = 0; line < lines.length; line++) {
    const [, kind, first] = CLAIM.exec(comments.get(line)?.text ?? "") ?? [];
    if (!kind) continue;
    const claim = { kind, line, value: first.trim() };
    while (!isExpression(claim.value) && alone(line + 1))
      claim.value += ` ${comments.get(++line).text.slice(2).trim()}`;
    if (!isExpression(claim.value))
      throw new Error(`${where(claim.line)}: the value of the claim is not an expression: ${claim.value}`);
    let end = claim.line;
    while (end > 0 && alone(end)) end--;
    claims.set(end, claim);
  }
  return claims;

  function alone(line) {
    const comment = comments.get(line);
    return comment !== undefined && source.text.slice(source.getLineStarts()[line], comment.start).trim() === "";
  }
}

/** Line number → its `//` comment; the scanner knows strings, templates and regular expressions apart. */
function lineComments(source) {
  const code = source.text;
  const comments = new Map();
  const visit = (node) => {
    const children = node.getChildren(source);
    if (children.length) return children.forEach(visit);
    const ranges = [
      ...(ts.getLeadingCommentRanges(code, node.pos) ?? []),
      ...(ts.getTrailingCommentRanges(code, node.end) ?? []),
    ];
    for (const { pos, end, kind } of ranges) {
      if (kind !== ts.SyntaxKind.SingleLineCommentTrivia) continue;
      comments.set(source.getLineAndCharacterOfPosition(pos).line, { start: pos, text: code.slice(pos, end) });
    }
  };
  visit(source);
  return comments;
}

function isExpression(text) {
  return (
    text !== "" && ts.createSourceFile("value.ts", `(${text})`, ts.ScriptTarget.Latest).parseDiagnostics.length === 0
  );
}

/** Adds the names an import brings; the same import in two fences counts once. */
function hoist(node, imports, where) {
  const from = node.moduleSpecifier.getText();
  const clause = node.importClause;
  if (clause?.isTypeOnly) return;
  const add = (local, text) => {
    if (imports.has(local) && imports.get(local) !== text)
      throw new Error(`${where}: ${local} is already imported from elsewhere in this README`);
    imports.set(local, text);
  };
  if (!clause) return add(`import ${from}`, `import ${from};`);
  if (clause.name) add(clause.name.text, `import ${clause.name.text} from ${from};`);
  const bindings = clause.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings))
    add(bindings.name.text, `import * as ${bindings.name.text} from ${from};`);
  if (bindings && ts.isNamedImports(bindings)) {
    for (const each of bindings.elements)
      if (!each.isTypeOnly) add(each.name.text, `import { ${each.getText()} } from ${from};`);
  }
}

function compile(code, path) {
  const { outputText, sourceMapText } = ts.transpileModule(code, {
    fileName: `${path}.ts`,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, sourceMap: true },
  });
  const map = {
    ...JSON.parse(sourceMapText),
    sourceRoot: "",
    sources: [path],
    sourcesContent: [readFileSync(path, "utf8")],
  };
  return { code: outputText.replace(/\/\/# sourceMappingURL.*/, ""), map };
}
