// Models whose weights are about to be read: drawing random ones first takes longer than reading a file.

import { Random } from "@llm/random";
import { familyOf } from "../families/families.js";
import type { AnyModel, Architecture } from "../families/family.js";

/** Leaves every array as it is: zeros. */
class Zeros extends Random {
  constructor() {
    super(0);
  }

  override fork(): Random {
    return this;
  }

  override fillNormal(values: Float32Array): Float32Array {
    return values;
  }
}

/** A model without weights yet. */
export function unsetModel(architecture: Architecture): AnyModel {
  return familyOf(architecture).create(architecture, new Zeros());
}
