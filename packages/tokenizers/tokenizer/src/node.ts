export { TokenizerPool, type TokenizerPoolOptions } from "./node/pool.js";
export { serveTokenizer } from "./node/serve.js";
