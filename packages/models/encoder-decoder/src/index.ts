export {
  type DecodeOptions,
  EncoderDecoder,
  type EncoderDecoderConfig,
  type EncoderDecoderForwardOptions,
  type EncodeOptions,
  type MemoryDecoder,
  shiftRight,
} from "./encoder-decoder.js";
