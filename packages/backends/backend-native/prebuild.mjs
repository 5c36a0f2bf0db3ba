// `npm run binaries`: builds the addon and puts it where node-gyp-build looks in the published package,
// prebuilds/<platform>-<arch>/node.napi[.glibc|.musl].node. The release workflow runs this on each platform.

import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
rmSync(join(folder, "prebuilds"), { recursive: true, force: true });
rmSync(join(folder, "build"), { recursive: true, force: true });
await import("./install.mjs");

const built = join(folder, "build", "Release", "backend_native.node");
if (!existsSync(built)) throw new Error("there is nothing to pack: the build failed, see above");
const libc = process.platform !== "linux" ? "" : existsSync("/etc/alpine-release") ? ".musl" : ".glibc";
const target = join(folder, "prebuilds", `${process.platform}-${process.arch}`);
mkdirSync(target, { recursive: true });
copyFileSync(built, join(target, `node.napi${libc}.node`));
console.log(`${target}/node.napi${libc}.node`);
