// What src/index.ts re-exports.

import { join } from "node:path";
import ts from "typescript";
import { readIf } from "./files.mjs";

/** TypeScript's syntax tree of a file; undefined when there is no file. */
export function parseFile(path) {
  const text = readIf(path);
  return text === undefined ? undefined : ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** The `export { … } from "./x.js"` of an index: name, its name inside, the file it is from, whether a value. */
export function reexports(source) {
  return source.statements.filter(ts.isExportDeclaration).flatMap((statement) => {
    if (!statement.exportClause || !ts.isNamedExports(statement.exportClause)) return [];
    return statement.exportClause.elements.map((element) => ({
      name: element.name.text,
      local: (element.propertyName ?? element.name).text,
      from: statement.moduleSpecifier?.text,
      isType: statement.isTypeOnly || element.isTypeOnly,
    }));
  });
}

/** The names of the values that a package's "." exports. */
export function exportedNames(path) {
  const source = parseFile(join(path, "src", "index.ts"));
  return source
    ? reexports(source)
        .filter(({ isType }) => !isType)
        .map(({ name }) => name)
    : [];
}
