// The models of the comparison, as arguments of sentencepiece's trainer: each kind, and each switch that changes ids.

/** Name → arguments. */
export const models: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  unigram: { model_type: "unigram", vocab_size: 8000 },
  "unigram-bytes": {
    model_type: "unigram",
    vocab_size: 4000,
    byte_fallback: true,
    character_coverage: 0.98,
    normalization_rule_name: "identity",
    remove_extra_whitespaces: false,
    user_defined_symbols: ["<sep>", "the ", "▁x"],
    split_digits: true,
  },
  "unigram-sentences": {
    model_type: "unigram",
    vocab_size: 3000,
    split_by_whitespace: false,
    normalization_rule_name: "nfkc_cf",
    control_symbols: ["<ctl>"],
    add_dummy_prefix: false,
  },
  "unigram-suffix": {
    model_type: "unigram",
    vocab_size: 3000,
    treat_whitespace_as_suffix: true,
    normalization_rule_name: "nfkc",
  },
  bpe: { model_type: "bpe", vocab_size: 6000, normalization_rule_name: "nmt_nfkc_cf" },
  "bpe-bytes": {
    model_type: "bpe",
    vocab_size: 4000,
    byte_fallback: true,
    character_coverage: 0.98,
    normalization_rule_name: "identity",
    remove_extra_whitespaces: false,
    split_digits: true,
    allow_whitespace_only_pieces: true,
    user_defined_symbols: ["<sep>", "  "],
  },
  char: { model_type: "char", vocab_size: 2000, user_defined_symbols: ["<sep>"] },
  word: { model_type: "word", vocab_size: 3000 },
};
