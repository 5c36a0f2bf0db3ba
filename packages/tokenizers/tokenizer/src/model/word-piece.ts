import { fail, type JsonObject } from "../check.js";
import type { Model } from "./model.js";
export function readWordPiece(model: JsonObject): Model {
  return fail("model.type", "BPE", model);
}
