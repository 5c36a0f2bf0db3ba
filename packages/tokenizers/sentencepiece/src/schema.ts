// The messages of a `.model` file, field by field, as sentencepiece_model.proto defines them (proto2: a field that is not
// there has its default). Names are those of the definition, in camel case.

/** What a field holds. */
export type FieldKind = "string" | "strings" | "int" | "float" | "bool" | "bytes";

/** Field number → name and kind. */
export type Schema = Readonly<Record<number, readonly [name: string, kind: FieldKind]>>;

/** How a model was trained. Only what changes encoding is read by this package; the rest is kept as it is. */
export interface TrainerSpec {
  input?: string[];
  modelPrefix?: string;
  /** 1 unigram, 2 BPE, 3 word, 4 character; default 1. */
  modelType?: number;
  vocabSize?: number;
  acceptLanguage?: string[];
  selfTestSampleSize?: number;
  inputFormat?: string;
  characterCoverage?: number;
  inputSentenceSize?: number;
  miningSentenceSize?: number;
  trainingSentenceSize?: number;
  seedSentencepieceSize?: number;
  shrinkingFactor?: number;
  numThreads?: number;
  numSubIterations?: number;
  maxSentenceLength?: number;
  shuffleInputSentence?: boolean;
  maxSentencepieceLength?: number;
  splitByUnicodeScript?: boolean;
  splitByWhitespace?: boolean;
  splitByNumber?: boolean;
  treatWhitespaceAsSuffix?: boolean;
  splitDigits?: boolean;
  allowWhitespaceOnlyPieces?: boolean;
  controlSymbols?: string[];
  userDefinedSymbols?: string[];
  vocabularyOutputPieceScore?: boolean;
  hardVocabLimit?: boolean;
  useAllVocab?: boolean;
  byteFallback?: boolean;
  requiredChars?: string;
  unkId?: number;
  bosId?: number;
  eosId?: number;
  padId?: number;
  unkSurface?: string;
  unkPiece?: string;
  bosPiece?: string;
  eosPiece?: string;
  padPiece?: string;
  trainExtremelyLargeCorpus?: boolean;
  enableDifferentialPrivacy?: boolean;
  differentialPrivacyNoiseLevel?: number;
  differentialPrivacyClippingThreshold?: number;
  pretokenizationDelimiter?: string;
  seedSentencepiecesFile?: string;
  /** Fields that this package does not know, as they are in the file. */
  unknownFields?: Uint8Array;
}

/** How text is normalized before it is encoded, or after it is decoded. */
export interface NormalizerSpec {
  name?: string;
  /** Rules of replacement, compiled; see charsmap.ts. */
  precompiledCharsmap?: Uint8Array;
  /** Default true. */
  addDummyPrefix?: boolean;
  /** Default true. */
  removeExtraWhitespaces?: boolean;
  /** Default true. */
  escapeWhitespaces?: boolean;
  normalizationRuleTsv?: string;
  /** Fields that this package does not know, as they are in the file. */
  unknownFields?: Uint8Array;
}

export const trainerSpecSchema: Schema = {
  1: ["input", "strings"],
  2: ["modelPrefix", "string"],
  3: ["modelType", "int"],
  4: ["vocabSize", "int"],
  5: ["acceptLanguage", "strings"],
  6: ["selfTestSampleSize", "int"],
  7: ["inputFormat", "string"],
  10: ["characterCoverage", "float"],
  11: ["inputSentenceSize", "int"],
  12: ["miningSentenceSize", "int"],
  13: ["trainingSentenceSize", "int"],
  14: ["seedSentencepieceSize", "int"],
  15: ["shrinkingFactor", "float"],
  16: ["numThreads", "int"],
  17: ["numSubIterations", "int"],
  18: ["maxSentenceLength", "int"],
  19: ["shuffleInputSentence", "bool"],
  20: ["maxSentencepieceLength", "int"],
  21: ["splitByUnicodeScript", "bool"],
  22: ["splitByWhitespace", "bool"],
  23: ["splitByNumber", "bool"],
  24: ["treatWhitespaceAsSuffix", "bool"],
  25: ["splitDigits", "bool"],
  26: ["allowWhitespaceOnlyPieces", "bool"],
  30: ["controlSymbols", "strings"],
  31: ["userDefinedSymbols", "strings"],
  32: ["vocabularyOutputPieceScore", "bool"],
  33: ["hardVocabLimit", "bool"],
  34: ["useAllVocab", "bool"],
  35: ["byteFallback", "bool"],
  36: ["requiredChars", "string"],
  40: ["unkId", "int"],
  41: ["bosId", "int"],
  42: ["eosId", "int"],
  43: ["padId", "int"],
  44: ["unkSurface", "string"],
  45: ["unkPiece", "string"],
  46: ["bosPiece", "string"],
  47: ["eosPiece", "string"],
  48: ["padPiece", "string"],
  49: ["trainExtremelyLargeCorpus", "bool"],
  50: ["enableDifferentialPrivacy", "bool"],
  51: ["differentialPrivacyNoiseLevel", "float"],
  52: ["differentialPrivacyClippingThreshold", "int"],
  53: ["pretokenizationDelimiter", "string"],
  54: ["seedSentencepiecesFile", "string"],
};

export const normalizerSpecSchema: Schema = {
  1: ["name", "string"],
  2: ["precompiledCharsmap", "bytes"],
  3: ["addDummyPrefix", "bool"],
  4: ["removeExtraWhitespaces", "bool"],
  5: ["escapeWhitespaces", "bool"],
  6: ["normalizationRuleTsv", "string"],
};

export const pieceSchema: Schema = { 1: ["piece", "string"], 2: ["score", "float"], 3: ["type", "int"] };
