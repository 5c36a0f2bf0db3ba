export { Decoder, type DecoderConfig, type DecoderForwardOptions, type Layer, throughLayers } from "./decoder.js";
