// The TypeScript of a package: what it imports, what it exports, what it must not do.

import { builtinModules } from "node:module";
import { join, posix } from "node:path";
import ts from "typescript";
import { parseFile, reexports } from "./exports.mjs";
import { listFiles, readIf } from "./files.mjs";

const TFJS = "@tensorflow/tfjs-core";
/** Areas whose packages cannot exist without Node. */
const NODE_AREAS = ["backends", "distributed"];
/** Methods that tfjs adds to tensors only when somebody imports them for their effect. */
const CHAINED =
  /^(matMul|sub|mul|div|neg|square|sqrt|rsqrt|reciprocal|softmax|logSoftmax|logSumExp|reshape|expandDims|squeeze|transpose|gather|sigmoid|relu|gelu|erf|softplus|cast|asType|asScalar|as1D|as2D|as3D|as4D|oneHot|argMax|argMin|cumsum|greaterEqual|lessEqual|logicalAnd|clipByValue|stridedSlice)$/;

export function checkSources(one) {
  const { area, path, report } = one;
  checkIndex(one);
  for (const file of listFiles(join(path, "src"), /\.ts$/)) {
    const at = `src/${file}`;
    if (/(^|[/-])(utils?|helpers?|misc|common)([-./]|$)/.test(file))
      report(at, "says nothing by its name", "name the file after the idea in it");
    const source = parseFile(join(path, at));
    if (!hasHead(source)) {
      report(at, "has no head comment", "say what it computes: one sentence, formula, source, deviations");
    }
    if (/Say in one sentence what is computed|: write me"/.test(source.text))
      report(at, "is still the template's", "write it");
    for (const { line, problem, fix } of smells(source)) report(`${at}:${line}`, problem, fix);
  }
  if (!NODE_AREAS.includes(area)) checkNodeFree(one);
}

/** Whether a comment stands at the top or before the first thing that is neither import nor re-export. */
function hasHead(source) {
  const first = source.statements.find((each) => !ts.isImportDeclaration(each) && !ts.isExportDeclaration(each));
  const starts = first ? [0, first.getFullStart()] : [];
  return !first || starts.some((start) => ts.getLeadingCommentRanges(source.text, start)?.length);
}

function checkIndex({ path, report }) {
  const source = parseFile(join(path, "src", "index.ts"));
  if (!source) return report("src/index.ts", "is missing", 'write export { f } from "./f.js";');
  for (const statement of source.statements) {
    const named =
      ts.isExportDeclaration(statement) &&
      statement.moduleSpecifier &&
      statement.exportClause &&
      ts.isNamedExports(statement.exportClause);
    if (!named)
      report(
        `src/index.ts:${lineOf(statement)}`,
        "holds more than named re-exports",
        'keep only lines like export { f, type G } from "./f.js";',
      );
  }
  if (reexports(source).length === 0) report("src/index.ts", "exports nothing", 'write export { f } from "./f.js";');
  for (const { name, local, from } of reexports(source)) {
    if (!from?.startsWith(".")) continue;
    const declaring = parseFile(join(path, "src", from.replace(/\.js$/, ".ts")));
    const declaration = declaring?.statements.find((each) => declaredNames(each).includes(local));
    if (declaration && ts.getJSDocCommentsAndTags(declaration).length === 0) {
      report(
        `src/${posix.normalize(from).replace(/\.js$/, ".ts")}:${lineOf(declaration)}`,
        `${name} is public and has no doc comment`,
        "give shapes, units, errors and source",
      );
    }
  }
}

function declaredNames(statement) {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  return statement.name ? [statement.name.text] : [];
}

/** What simple patterns see: default exports, stars, effects on import, namespace imports and chained methods of tfjs. */
function smells(source) {
  const found = [];
  const add = (node, problem, fix) => found.push({ line: lineOf(node), problem, fix });
  const tfjs = new Set(
    importsOf(source)
      .filter(({ from }) => from === TFJS)
      .flatMap(({ names }) => names),
  );
  for (const statement of source.statements) {
    const isDefault =
      ts.isExportAssignment(statement) ||
      statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
    if (isDefault) add(statement, "has a default export", "export it by name");
    if (ts.isExportDeclaration(statement) && !statement.exportClause) add(statement, "has export *", "list the names");
    if (ts.isExpressionStatement(statement))
      add(statement, "runs something on import", "do it in a function that the user calls");
    if (ts.isImportDeclaration(statement) && !statement.importClause)
      add(statement, "imports for the effect", "import names and call them");
    const clause =
      ts.isImportDeclaration(statement) && statement.moduleSpecifier.text === TFJS ? statement.importClause : undefined;
    if (clause && (clause.name || !ts.isNamedImports(clause.namedBindings)))
      add(statement, "imports all of tfjs", "import its functions by name");
  }
  const visit = (node, inFunction) => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { expression, name } = node.expression;
      if (CHAINED.test(name.text) && expression.getText() !== "Math") {
        const used = `.${name.text}(`;
        add(
          node,
          `calls ${used}…), a tensor method that may not be registered`,
          `import { ${name.text} } from "${TFJS}" and call it`,
        );
      }
    }
    if (!inFunction && ts.isAwaitExpression(node))
      add(node, "awaits at the top level", "await inside of a function: require() of the package must work");
    if (!inFunction && ts.isCallExpression(node) && tfjs.has(node.expression.getText()))
      add(node, "makes a tensor on import", "make it in a function");
    const inside = inFunction || ts.isFunctionLike(node) || ts.isPropertyDeclaration(node);
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(source, false);
  return found;
}

/** All imports and re-exports of a file: specifier, imported names, whether only types. */
function importsOf(source) {
  const found = [];
  const visit = (node) => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      const bindings = node.importClause?.namedBindings ?? node.exportClause;
      const elements =
        bindings && (ts.isNamedImports(bindings) || ts.isNamedExports(bindings)) ? bindings.elements : undefined;
      const isType =
        node.isTypeOnly ||
        node.importClause?.isTypeOnly ||
        (elements?.length > 0 && elements.every((each) => each.isTypeOnly));
      found.push({
        from: node.moduleSpecifier.text,
        names: elements?.map(({ name }) => name.text) ?? [],
        isType: Boolean(isType),
        node,
      });
    } else if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword &&
      ts.isStringLiteralLike(node.arguments[0])
    ) {
      found.push({ from: node.arguments[0].text, names: [], isType: false, node });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      found.push({ from: node.argument.literal.text, names: [], isType: true, node });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Follows relative imports from "." and reports what only Node has. */
function checkNodeFree({ path, report }) {
  const seen = new Set();
  const walk = (file) => {
    if (seen.has(file)) return;
    seen.add(file);
    const source = parseFile(join(path, "src", file));
    for (const { from, isType, node } of source ? importsOf(source) : []) {
      if (isType) continue;
      if (from.startsWith(".")) walk(posix.join(posix.dirname(file), from.replace(/\.js$/, ".ts")));
      else if (isBuiltin(from) || /^@llm\/[^/]+\/node$/.test(from)) {
        report(
          `src/${file}:${lineOf(node)}`,
          `"." reaches ${from}, so it does not run in a browser`,
          'move it behind an entry of its own, "./node"',
        );
      }
    }
  };
  walk("index.ts");
}

/** Dependencies are what the sources import: none missing, none unused. */
export function checkDependencies({ path, manifest, names, tooling, report }) {
  const inSource = imported(path, "src");
  const beside = new Set([...imported(path, "test"), ...imported(path, "bench"), ...imported(path, "")]);
  const { dependencies = {}, peerDependencies = {}, devDependencies = {} } = manifest;
  for (const name of inSource) {
    if (name === manifest.name) report("package.json", "src imports its own package by name", "use a relative import");
    else if (name === TFJS) checkTfjs(manifest, report);
    else if (!dependencies[name] && !peerDependencies[name]) {
      report(
        "package.json",
        `src imports ${name}, which is not in "dependencies"`,
        `add "${name}": "${names.has(name) ? "workspace:^" : "catalog:"}"`,
      );
    }
  }
  // A package may also be loaded by its name, as addons are.
  const texts = listFiles(join(path, "src"), /\.ts$/).map((file) => readIf(join(path, "src", file)));
  const named = (name) => texts.some((text) => text.includes(JSON.stringify(name)));
  for (const [name, range] of Object.entries(dependencies)) {
    if (!inSource.has(name) && !named(name))
      report(
        "package.json",
        `"dependencies" has ${name}, which src does not import`,
        "remove it, or move it to devDependencies",
      );
    if (tooling.has(name)) report("package.json", `src uses ${name}, which is not published`, "keep tooling to tests");
    else if (names.has(name) && range !== "workspace:^")
      report("package.json", `${name} has the range ${range}`, 'use "workspace:^"');
  }
  for (const name of Object.keys(peerDependencies)) {
    if (!inSource.has(name))
      report("package.json", `"peerDependencies" has ${name}, which src does not import`, "remove it");
  }
  const elsewhere = (readIf(join(path, "README.md")) ?? "") + JSON.stringify(manifest.scripts ?? {});
  for (const name of Object.keys(devDependencies)) {
    const used = inSource.has(name) || beside.has(name) || elsewhere.includes(name) || name.startsWith("@types/");
    if (!used) report("package.json", `"devDependencies" has ${name}, which nothing imports`, "remove it");
  }
  for (const name of beside) {
    if (!dependencies[name] && !peerDependencies[name] && !devDependencies[name] && name !== manifest.name) {
      report(
        "package.json",
        `its tests or configs import ${name}, which is not declared`,
        `add it to "devDependencies"`,
      );
    }
  }
}

function checkTfjs({ peerDependencies = {}, devDependencies = {} }, report) {
  if (peerDependencies[TFJS] !== "^4.22.0")
    report("package.json", `src imports ${TFJS}, which is not the peer "^4.22.0"`, `add it to "peerDependencies"`);
  if (devDependencies[TFJS] !== "catalog:")
    report("package.json", `${TFJS} is not among "devDependencies"`, `add "${TFJS}": "catalog:"`);
}

/** The packages that the scripts of a folder import; the package's own top level when the folder is "". */
function imported(path, folder) {
  const pattern = folder === "" ? /^[^/]+\.(ts|mjs|js)$/ : /\.(ts|mts|mjs|js)$/;
  const specifiers = listFiles(join(path, folder), pattern).flatMap((file) =>
    importsOf(parseFile(join(path, folder, file))).map(({ from }) => from),
  );
  return new Set(specifiers.filter((from) => !from.startsWith(".") && !isBuiltin(from)).map(packageOf));
}

const packageOf = (from) =>
  from
    .split("/")
    .slice(0, from.startsWith("@") ? 2 : 1)
    .join("/");
const isBuiltin = (from) => from.startsWith("node:") || builtinModules.includes(from);
const lineOf = (node) => node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()).line + 1;
