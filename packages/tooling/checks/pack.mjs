// Packs packages as they will be published: built, with `pnpm pack`, so `publishConfig` applies.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { workspacePackages } from "@llm/setup/workspace";

/** The packages that are published, that is, not private. */
export function publicPackages(root) {
  return workspacePackages(root).filter(({ manifest }) => !manifest.private);
}

/** The packages with these names and all of ours that they depend on. */
export function withDependencies(packages, names) {
  const wanted = new Set();
  const add = (name) => {
    const one = packages.find(({ manifest }) => manifest.name === name);
    if (!one) throw new Error(`there is no public package ${name}`);
    if (wanted.has(one)) return;
    wanted.add(one);
    Object.keys(one.manifest.dependencies ?? {})
      .filter((each) => each.startsWith("@llm/"))
      .forEach(add);
  };
  names.forEach(add);
  return [...wanted];
}

/**
 * Builds and packs into `folder`.
 * @returns {Map<string, string>} name → path of the tarball
 */
export function pack(root, packages, folder) {
  const filters = packages.map(({ manifest }) => `--filter=${manifest.name}`);
  execute(root, "turbo", ["run", "build", "--output-logs=errors-only", "--log-prefix=none", ...filters]);
  execute(root, "pnpm", [
    ...filters,
    "--recursive",
    "--workspace-concurrency=2",
    "exec",
    "pnpm",
    "pack",
    "--pack-destination",
    folder,
  ]);
  const files = readdirSync(folder);
  return new Map(
    packages.map(({ manifest: { name, version } }) => {
      const file = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
      if (!files.includes(file)) throw new Error(`${name} was not packed`);
      return [name, join(folder, file)];
    }),
  );
}

/** Runs a tool from the PATH, quietly; what it said is the error's message when it fails. */
export function execute(cwd, command, args, env = {}) {
  const options = { cwd, encoding: "utf8", env: { ...process.env, ...env }, shell: process.platform === "win32" };
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (error || status !== 0)
    throw new Error(`${command} ${args.join(" ")} failed: ${error?.message ?? ""}\n${stdout}${stderr}`);
  return stdout;
}
