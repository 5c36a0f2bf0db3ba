export { compose, identity, type Normalizer } from "./compose.js";
export { cleanControl, collapseWhitespace, fullWidthToHalfWidth, lowercase, stripAccents } from "./text.js";
export { nfc, nfd, nfkc, nfkd } from "./unicode.js";
