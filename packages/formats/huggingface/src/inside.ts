// Files of a folder, and no others.
//
// A link may point anywhere, so a folder that somebody packed could make us read what is not in it. Links are followed
// within the folder, and from a snapshot of Hugging Face's cache to the blobs beside it, which is how that cache is
// laid out:  models--x/snapshots/revision/model.safetensors → ../../blobs/hash

import { realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { HuggingFaceError } from "./error.js";

/**
 * The real path of a file of the folder; undefined when there is none of that name.
 * @throws HuggingFaceError when it is no regular file, or a link that leaves the folder
 */
export async function fileIn(folder: string, name: string): Promise<string | undefined> {
  const path = join(folder, name);
  const real = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (real === undefined) return undefined;
  const home = await realpath(folder);
  const blobs = await realpath(join(home, "..", "..", "blobs")).catch(() => undefined);
  if (![home, blobs].some((root) => root !== undefined && real.startsWith(root + sep)))
    throw new HuggingFaceError(`${path} is a link that leaves the folder; copy the file there`);
  // Opening a pipe would wait for ever.
  if (!(await stat(real)).isFile()) throw new HuggingFaceError(`${path} is no file`);
  return real;
}
