export { type LlamaCppEmbeddings, loadLlamaCppEmbeddings } from "./embeddings.js";
export { encoderDecoderTargets, type LlamaCppTargets } from "./encoder-decoder.js";
export { type LlamaCpp, loadLlamaCpp } from "./llama-cpp.js";
export { scaled } from "./scaled.js";
