// Reads Hugging Face's config.json without trusting it: own properties only, each of the type that it must have.

/** A parsed config.json. */
export type HuggingFaceConfig = { [key: string]: unknown };

/** Reads single values; errors name the file, the key and what stands there. */
export interface ConfigReader {
  /** Whatever stands there; undefined when the key is absent. */
  value(key: string): unknown;
  /** Throws unless the value is absent or one of these: a variant that the model does not have is not ignored. */
  only(key: string, ...allowed: unknown[]): void;
  /** A finite number; null counts as absent. Of several names for it, the first that is there. */
  number(key: string | readonly [string, ...string[]], fallback?: number): number;
  /** true or false; null counts as absent. */
  boolean(key: string, fallback?: boolean): boolean;
  /** A text; null counts as absent. */
  text(key: string, fallback?: string): string;
  /** A nested object; undefined when absent or null. */
  object(key: string): HuggingFaceConfig | undefined;
}

/**
 * A reader of a parsed config.json.
 *
 * @param json the parsed file
 * @param where what errors call it, "LLaMA config.json"
 */
export function configReader(json: HuggingFaceConfig, where: string): ConfigReader {
  const value = (key: string): unknown => (Object.hasOwn(json, key) ? json[key] : undefined);
  const typed = <T>(key: string, kind: string, fits: (found: unknown) => found is T, fallback?: T): T => {
    const found = value(key) ?? fallback;
    if (fits(found)) return found;
    throw new Error(`${where}: ${key} must be a ${kind}, got ${JSON.stringify(found)}`);
  };
  return {
    value,
    only(key, ...allowed) {
      const found = value(key);
      if (found === undefined || allowed.includes(found)) return;
      throw new Error(`${where}: ${key} is ${JSON.stringify(found)}, only ${JSON.stringify(allowed[0])} is known`);
    },
    number(names, fallback) {
      const keys = typeof names === "string" ? [names] : names;
      const key = keys.find((each) => (value(each) ?? null) !== null) ?? (keys[0] as string);
      return typed(key, "number", (x): x is number => Number.isFinite(x), fallback);
    },
    boolean: (key, fallback) => typed(key, "boolean", (x): x is boolean => typeof x === "boolean", fallback),
    text: (key, fallback) => typed(key, "text", (x): x is string => typeof x === "string", fallback),
    object(key) {
      const found = value(key);
      if (found === undefined || found === null) return undefined;
      if (typeof found === "object" && !Array.isArray(found)) return found as HuggingFaceConfig;
      throw new Error(`${where}: ${key} must be an object, got ${JSON.stringify(found)}`);
    },
  };
}
