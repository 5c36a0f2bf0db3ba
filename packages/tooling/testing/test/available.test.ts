import { afterEach, expect, test, vi } from "vitest";
import { available } from "../src/index.js";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test("what is missing is skipped with one visible line", () => {
  vi.stubEnv("LLM_REQUIRE", "");
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const unicorn = { probe: () => false, remedy: "wait" };
  expect(available("unicorn", unicorn)).toBe(false);
  expect(available("unicorn", unicorn)).toBe(false);
  expect(warn.mock.calls).toEqual([["SKIPPED without unicorn (to run them: wait)"]]);
});

test("what LLM_REQUIRE lists must be there", () => {
  vi.stubEnv("LLM_REQUIRE", "horse, pegasus");
  expect(() => available("pegasus", { probe: () => false })).toThrow('LLM_REQUIRE lists "pegasus"');
  expect(available("horse", { probe: () => true })).toBe(true);
});

test("an unknown name is an error, not a skip", () => {
  expect(() => available("no-such-thing")).toThrow('look for "no-such-thing"');
});
