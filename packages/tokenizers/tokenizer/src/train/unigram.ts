import { TokenizerError } from "../error.js";
import type { TokenizerConfig } from "../tokenizer.js";
import type { Texts, TrainTokenizerOptions } from "./options.js";

export async function trainUnigramTokenizer(_texts: Texts, _options: TrainTokenizerOptions): Promise<TokenizerConfig> {
  throw new TokenizerError("not yet");
}
