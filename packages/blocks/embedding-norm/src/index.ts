export { NormedEmbedding, type NormedEmbeddingConfig } from "./embedding-norm.js";
