// HTML's character references, by npm's `entities`: "&eacute;" → "é", "&#8364;" → "€", "&amp;lt;" → "&lt;".

import { decodeHTML } from "entities";
import type { Normalizer } from "./compose.js";
import { replace } from "./replace.js";

/** Reads character references as a browser does, those without a semicolon included ("&ltb" is "<b"). Not idempotent. */
export const decodeHtml: Normalizer = /* @__PURE__ */ replace(
  /&(?:#x[0-9a-f]+|#[0-9]+|[a-z][a-z0-9]*);?/i,
  (reference) => decodeHTML(reference),
);
