export { type LlamaCppEmbeddings, loadLlamaCppEmbeddings } from "./embeddings.js";
export { encoderDecoderTargets, type LlamaCppTargets } from "./encoder-decoder.js";
export { type LlamaCpp, loadLlamaCpp } from "./llama-cpp.js";
export { type PublishedVocabulary, publishedVocabularies } from "./published.js";
export { scaled } from "./scaled.js";
export { allScripts, awkwardTexts, textsBySeed } from "./texts.js";
export { type LlamaVocabularies, type LlamaVocabulary, openVocabularies } from "./vocabulary.js";
