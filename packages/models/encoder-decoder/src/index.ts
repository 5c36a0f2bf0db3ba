export {
  type DecodeOptions,
  type DecoderLayerOptions,
  type EncodeOptions,
  EncoderDecoder,
  type EncoderDecoderConfig,
  type EncoderDecoderForwardOptions,
  type MemoryDecoder,
  shiftRight,
} from "./encoder-decoder.js";
