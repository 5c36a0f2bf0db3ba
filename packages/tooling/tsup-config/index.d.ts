import type { Options } from "tsup";
/** The build of every package: ESM, one bundle per entry, a declaration file per source file. */
export declare function packageConfig(options?: Options): Options;
