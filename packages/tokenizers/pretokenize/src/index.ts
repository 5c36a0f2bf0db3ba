export { byteLevel, byteLevelDecode, byteToUnicode, unicodeToByte } from "./byte-level.js";
export { type PretokenizerName, patterns } from "./patterns.js";
export { type NextBoundary, pretokenize, scan, scanner } from "./pretokenize.js";
