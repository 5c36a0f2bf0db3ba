export { embedding, embeddingContract } from "./embedding.js";
export { Embedding, type EmbeddingConfig } from "./module.js";
