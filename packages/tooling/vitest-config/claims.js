// What a claim in a README becomes: `x; // => 3` calls `equal(x, 3, …)`, `x; // ~> 3.14` calls `close`.
// Both return `x`, so that `const y = f(x); // => 3` still defines y.

import { expect } from "vitest";

/** Documented values are rounded, so this is wider than the tolerance of a test against a fixture. */
const TOLERANCE = { absolute: 1e-3, relative: 1e-3 };

/** Tensors and typed arrays as nested arrays and −0 as 0, so that they compare with the literals of a README. */
export function plain(value) {
  if (typeof value?.arraySync === "function") return plain(value.arraySync());
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value, plain);
  if (Array.isArray(value)) return value.map(plain);
  if (value === 0) return 0;
  if (value && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
  }
  return value;
}

/** Deep equality; a property that is undefined counts as absent. */
export function equal(value, expected, where) {
  return report(value, where, equal, () => expect(plain(value)).toEqual(plain(expected)));
}

/** The same nesting and keys, numbers all-close, everything else deeply equal. */
export function close(value, expected, where) {
  const [actual, wanted] = [plain(value), plain(expected)];
  return report(value, where, close, () => {
    const at = firstFar(actual, wanted, "");
    if (at === undefined) return;
    expect(actual, `not close${at ? ` at ${at}` : ""}`).toEqual(wanted);
  });
}

/** The path of the first entry that is not close; undefined when all are. */
function firstFar(actual, wanted, path) {
  if (typeof wanted === "number" && typeof actual === "number") {
    const near = Math.abs(actual - wanted) <= TOLERANCE.absolute + TOLERANCE.relative * Math.abs(wanted);
    return near || Object.is(actual, wanted) ? undefined : path;
  }
  if (typeof wanted !== "object" || wanted === null || typeof actual !== "object" || actual === null) {
    return Object.is(actual, wanted) ? undefined : path;
  }
  const keys = Object.keys(wanted);
  if (Array.isArray(actual) !== Array.isArray(wanted) || Object.keys(actual).length !== keys.length) return path;
  for (const key of keys) {
    const far = firstFar(actual[key], wanted[key], `${path}[${key}]`);
    if (far !== undefined) return far;
  }
  return undefined;
}

/** Makes a failed claim point at the README: the message names the line, the stack starts there. */
function report(value, where, claim, check) {
  try {
    check();
  } catch (error) {
    error.message = `${where}: ${error.message}`;
    Error.captureStackTrace(error, claim);
    throw error;
  }
  return value;
}
