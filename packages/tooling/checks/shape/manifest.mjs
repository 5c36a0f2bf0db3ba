// package.json, turbo.json and tsup.config.ts.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { readIf } from "./files.mjs";

const STATUSES = ["stable", "experimental"];

export function checkManifest(one) {
  checkFields(one);
  checkExports(one);
  checkLlm(one);
  checkTools(one);
  checkChangeset(one);
}

function checkFields({ name, manifest, report }) {
  const expect = (field, actual, wanted) => {
    if (!isDeepStrictEqual(actual, wanted))
      report("package.json", `"${field}" is ${JSON.stringify(actual)}`, `set it to ${JSON.stringify(wanted)}`);
  };
  expect("name", manifest.name, `@llm/${name}`);
  expect("license", manifest.license, "MIT");
  expect("type", manifest.type, "module");
  expect("sideEffects", manifest.sideEffects, false);
  expect("engines", manifest.engines, { node: ">=20.19" });
  expect("publishConfig.access", manifest.publishConfig?.access, "public");
  expect("scripts.build", manifest.scripts?.build, "tsup");
  if (!manifest.description?.trim())
    report("package.json", '"description" is empty', "say in one sentence what the package does");
  if (!(manifest.keywords?.length > 1))
    report("package.json", '"keywords" are missing', "list the words somebody would search for");
  if (!manifest.files?.includes("dist")) report("package.json", '"files" lacks "dist"', 'set "files": ["dist", "src"]');
  if (manifest.main || manifest.types || manifest.module)
    report("package.json", '"main", "module" or "types" stands beside "exports"', "remove it: exports says it all");
}

function checkExports({ path, manifest, report }) {
  const entries = manifest.exports ?? {};
  if (!entries["."]) report("package.json", '"exports" has no "."', 'export "." from src/index.ts');
  const published = {};
  for (const [entry, target] of Object.entries(entries)) {
    // A file as it is: sources of another language, the manifest itself.
    if (target === entry && !/\.[cm]?[jt]s$/.test(target)) {
      published[entry] = target;
      continue;
    }
    const source = target["@llm/source"] ?? "";
    const stem = source.match(/^\.\/src\/(.+)\.ts$/)?.[1];
    const wanted = {
      "@llm/source": `./src/${stem ?? "index"}.ts`,
      types: `./dist/${stem ?? "index"}.d.ts`,
      default: `./dist/${stem ?? "index"}.js`,
    };
    published[entry] = { types: wanted.types, default: wanted.default };
    if (!isDeepStrictEqual(Object.entries(target), Object.entries(wanted))) {
      report(
        "package.json",
        `exports["${entry}"] is ${JSON.stringify(target)}`,
        `make it ${JSON.stringify(wanted)}, in this order`,
      );
    } else if (!existsSync(join(path, source))) {
      report(
        "package.json",
        `exports["${entry}"] names ${source}, which is not there`,
        "write the file or remove the entry",
      );
    }
  }
  if (!isDeepStrictEqual(manifest.publishConfig?.exports, published)) {
    report(
      "package.json",
      '"publishConfig.exports" is not "exports" without "@llm/source"',
      `make it ${JSON.stringify(published)}`,
    );
  }
}

function checkLlm({ area, manifest, names, report }) {
  const { llm = {} } = manifest;
  if (llm.area !== area)
    report("package.json", `"llm.area" is ${JSON.stringify(llm.area)}`, `set it to "${area}", its folder`);
  if (llm.paper !== null && !/^https:\/\//.test(llm.paper ?? "")) {
    report(
      "package.json",
      `"llm.paper" is ${JSON.stringify(llm.paper)}`,
      "give the paper's https URL, or null when there is none",
    );
  }
  if (!STATUSES.includes(llm.status))
    report("package.json", `"llm.status" is ${JSON.stringify(llm.status)}`, `choose one of ${STATUSES.join(", ")}`);
  if (!Array.isArray(llm.related))
    return report("package.json", '"llm.related" is missing', "list the names of related packages, or []");
  for (const related of llm.related) {
    if (!names.has(`@llm/${related}`) || `@llm/${related}` === manifest.name) {
      report(
        "package.json",
        `"llm.related" names "${related}", which is no other package`,
        'use a package\'s name without the scope, as in ["rope"]',
      );
    }
  }
}

function checkTools({ area, path, report }) {
  const turbo = JSON.parse(readIf(join(path, "turbo.json")) ?? "{}");
  if (!isDeepStrictEqual(turbo.extends, ["//"]) || !isDeepStrictEqual(turbo.tags, [`area:${area}`])) {
    report(
      "turbo.json",
      "does not carry the tag of its area",
      `write {"extends": ["//"], "tags": ["area:${area}"], "tasks": {}}`,
    );
  }
  if (!readIf(join(path, "tsup.config.ts"))?.includes("packageConfig(")) {
    report(
      "tsup.config.ts",
      "does not use the build of the house",
      'write: import { packageConfig } from "@llm/tsup-config"; export default packageConfig();',
    );
  }
}

function checkChangeset({ name, manifest, changesets, report }) {
  if (manifest.version !== "0.0.0") return;
  const mine = changesets.filter((text) => new RegExp(`^["']@llm/${name}["']:`, "m").test(text));
  if (mine.length === 0)
    report(
      "package.json",
      "has no changeset, so it will not be released",
      `write .changeset/${name}.md, see CONTRIBUTING.md`,
    );
  if (mine.some((text) => text.includes(`First version of \`@llm/${name}\`.`))) {
    report(
      "package.json",
      "its changeset is still the template's",
      `say in .changeset/${name}.md what the package brings`,
    );
  }
}
