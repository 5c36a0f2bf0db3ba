// A vocabulary as tokenizer.json and vocab.json have it: an object, token → id.

import { fail, field, id, type JsonObject, object } from "../check.js";

/** The tokens and ids of `model.vocab`, each id once. */
export function readVocabulary(model: JsonObject, path = "model.vocab"): [string, number][] {
  const seen = new Map<number, string>();
  return Object.entries(object(field(model, "vocab"), path)).map(([token, value]) => {
    const valid = id(value, `${path}[${JSON.stringify(token)}]`);
    const twin = seen.get(valid);
    if (twin !== undefined)
      fail(`${path}[${JSON.stringify(token)}]`, `an id of its own (two tokens have the id ${valid})`, valid);
    seen.set(valid, token);
    return [token, valid];
  });
}
