import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expression, type PretokenizerName, patterns, pretokenize, split } from "../src/index.js";
import { compile } from "../src/regex/compile.js";
import { Machine } from "../src/regex/machine.js";
import { parse } from "../src/regex/parse.js";
import { regex } from "../src/regex/regex.js";
import { width } from "../src/regex/syntax.js";
import { hostileText } from "./hostile.js";

const matches = (source: string, text: string): string[] =>
  pretokenize(text, split(regex(source), { behavior: "removed", invert: true }));

/** A random expression that means the same to JavaScript (flags su) and here. */
const atoms = fc.constantFrom("a", "b", "é", "😀", ".", "\\p{L}", "\\p{Lu}", "[ab]", "[^a\\n]", "[a-cé-ü]", "\\n", " ");
const zeroWidth = fc.constantFrom("(?!a)", "(?=b)", "(?<=a)", "(?<!\\p{L}b)", "(?=a*b)", "(?![ab]*c)");
const quantifiers = fc.constantFrom("", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{2,}", "{0,2}?");
const source = fc.letrec<{ alternatives: string; sequence: string; item: string }>((tie) => ({
  alternatives: fc.array(tie("sequence"), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("|")),
  sequence: fc.array(tie("item"), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
  item: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(atoms, quantifiers).map(([atom, quantifier]) => atom + quantifier),
    zeroWidth,
    // JavaScript has a rule of its own for the repetition of what may be empty.
    fc
      .tuple(tie("alternatives"), fc.constantFrom("", "?", "*", "+?", "{1,2}", "{2}"))
      .map(([inner, quantifier]) => `(?:${inner})${width(parse(inner))[0] === 0 ? "" : quantifier}`),
  ),
})).alternatives;
const plainText = fc.array(fc.constantFrom("a", "a", "b", "b", "c", "é", "A", "😀", " ", "\n"), { maxLength: 30 });

function allMatches(pattern: string, text: string, rememberAtOnce: boolean): [number, number][] {
  const program = compile(pattern, parse(`(?m:${pattern})`));
  const machine = new Machine({ ...program, loops: rememberAtOnce }, text, 0, text.length);
  const found: [number, number][] = [];
  for (let at = 0; at <= text.length; ) {
    const end = machine.matchAt(at);
    if (end >= 0) found.push([at, end]);
    at = end > at ? end : at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
  }
  return found;
}

test("random expressions match what JavaScript's engine matches, with memory and without", () => {
  fc.assert(
    fc.property(source, plainText, (pattern, parts) => {
      // V8 tries a look-behind within surrogate pairs, too.
      const text = parts.filter((part) => part !== "😀" || !pattern.includes("(?<")).join("");
      const expected = [...text.matchAll(new RegExp(pattern, "gsu"))].map(({ 0: match, index }) => [
        index,
        index + match.length,
      ]);
      expect(allMatches(pattern, text, false)).toEqual(expected);
      expect(allMatches(pattern, text, true)).toEqual(expected);
    }),
    { numRuns: 5000 },
  );
});

test.each(Object.keys(patterns) as PretokenizerName[])(
  "the expression of %s, compiled, gives the scanner's pieces",
  (name) => {
    // In JavaScript a bracket within a set is a sign as others; in Oniguruma it begins a set within the set.
    const source = patterns[name].source.replaceAll("@[", "@\\[");
    const compiled = split(regex(`(?:${source})`));
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(pretokenize(text, compiled)).toEqual(pretokenize(text, name));
      }),
      { numRuns: 300 },
    );
  },
);

describe("Oniguruma's dialect", () => {
  test.each<[string, string, string[]]>([
    ["(?i:'s|'ll)", "a'S b'Ll c'ſ", ["'S", "'Ll", "'ſ"]],
    ["(?i)straSSe(?-i)X", "STRASSEX strassex", ["STRASSEX"]],
    ["\\h+", "beef cafe xyz", ["beef", "cafe"]],
    ["[[:alpha:]&&[^aeiou]]+", "hello world", ["h", "ll", "w", "rld"]],
    ["[^(\\s|[.,!?])]+", "Hello(world|x), a.", ["Hello", "world", "x", "a"]],
    ["[]a]+", "b]a]", ["]a]"]],
    ["[a\\-z-]+", "a-z b", ["a-z"]],
    ["\\p{Han}+|\\p{^L}+", "ab漢字 12", ["漢字", " 12"]],
    ["a++b|a+c", "aab aac", ["aab", "aac"]],
    ["a++ab|x", "aab x", ["x"]],
    ["(?>a|ab)c|ab", "abc", ["ab"]],
    ["\\bfoo\\b", "foo food foo", ["foo", "foo"]],
    ["^a|b$", "a\nab\nb", ["a", "a", "b", "b"]],
    ["\\Aa|b\\z", "a\na b\nb", ["a", "b"]],
    [".+", "a\nb", ["a", "b"]],
    ["(?m:.+)", "a\nb", ["a\nb"]],
    ["\\x41\\x{1F600}\\u00e9", "A😀é", ["A😀é"]],
    ["\\p{N}{1,3}(?=(?:\\p{N}{3})*(?!\\p{N}))", "1234567 12 1234", ["1", "234", "567", "12", "1", "234"]],
    ["(?<n>a)(?#comment)b", "ab", ["ab"]],
    ["x{,2}y", "xxxy", ["xxy"]],
    ["(?:a*)*b", "aab b", ["aab", "b"]],
    ["\\s+", "a\u0085\ufeff\u00a0b", ["\u0085", "\u00a0"]],
  ])("%s", (pattern, text, expected) => {
    expect(matches(pattern, text)).toEqual(expected);
  });

  test.each([
    ["(a", "not closed"],
    ["a)", "not opened"],
    ["[a", "not closed"],
    ["*a", "nothing to repeat"],
    ["a{2000}", "1000 times"],
    ["(a)\\1", "\\1 is not supported"],
    ["\\G", "\\G is not supported"],
    ["(?<=a+)b", "fixed width"],
    ["(?x)a b", "not supported"],
    ["(?(1)a|b)", "not supported"],
    ["\\p{Nonsense}", "no property"],
    ["\\p{L}]{[", "not closed"],
    ["[z-a]", "ends before it begins"],
    ["(?=(?:a*)*)", "cannot be repeated"],
    ["(".repeat(5000), "nested too deeply"],
    [`${"[".repeat(5000)}`, "nested too deeply"],
    [`${"(?:".repeat(4)}a${"{1000})".repeat(4)}`, "too long"],
    ["a".repeat(20_001), "over 20000"],
    ["\\", "nothing follows"],
  ])("%s is an error that says why", (pattern, message) => {
    expect(() => regex(pattern)).toThrow(SyntaxError);
    expect(() => regex(pattern)).toThrow(message);
  });

  test("whatever the expression, it is compiled or refused", () => {
    const pieces = fc.constantFrom(..."()[]{}?*+|\\^$.-&:=!<>,019aPpLs", "(?", "(?<", "[[:", "\\p{L}", "&&", "{1,");
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 15 }), (parts) => {
        let cut: ReturnType<typeof regex>;
        try {
          cut = regex(parts.join(""));
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
          return;
        }
        pretokenize("aa 1P\\(a", split(cut));
      }),
      { numRuns: 5000 },
    );
  });
});

describe("linear time", () => {
  // Each is exponential or quadratic for an engine that only goes back. Steps are counted, which cannot flake.
  test.each([
    ["(?:a+)+b", "a"],
    ["(?:a|a)*b", "a"],
    ["(?:a*)*b", "a"],
    ["(?:a|aa)+$x", "a"],
    ["\\s+$|x", " "],
    ["a*a*a*a*a*b", "a"],
    ["(?:\\w+\\s?)*:", "ab "],
    ["(?=(?:a|a)*b)a", "a"],
    ["(?>a+)b", "a"],
    ["a{0,100}a{0,100}b", "a"],
    ["(?!.*b)c|a?", "a"],
  ])("%s on many %j", (pattern, unit) => {
    const steps = (length: number): number => {
      let count = 0;
      const program = compile(pattern, parse(pattern));
      const counting = program.steps.map((step) =>
        step.op === "take" ? { ...step, has: (c: number) => count++ >= 0 && step.has(c) } : step,
      );
      const text = `${unit.repeat(length / unit.length)}!`;
      const machine = new Machine({ ...program, steps: counting }, text, 0, text.length);
      for (let at = 0; at < text.length; ) at = Math.max(machine.matchAt(at), at + 1);
      return count;
    };
    const small = steps(3_000);
    const large = steps(12_000);
    expect(large / small).toBeLessThan(6); // quadratic: 16
  });
});

describe("memory", () => {
  // Two thousand branches; each place of the text takes room for all of them.
  const large = "(?:a*)*b(?:c?){1000}(?:d?){1000}";

  test("as much as a short piece needs, and an error for what gigabytes would not hold", () => {
    const cut = split(regex(large));
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 2000; i++) pretokenize("aaaaaa a", cut);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(500e6);
    expect(() => pretokenize("a".repeat(200_000), cut)).toThrow(RangeError);
    expect(() => pretokenize("a".repeat(200_000), cut)).toThrow("cut the text into parts");
  });

  test("what lies behind the search is forgotten, whether or not there was a match", () => {
    const text = `${"a".repeat(500)}!`.repeat(400);
    expect(pretokenize(text, split(regex("(?:a*)*(?:b(?:c?){900}|d)"))).join("")).toBe(text);
  });
});

test("a set of thousands of characters, in either case, is as quick as one", () => {
  const members = Array.from({ length: 6000 }, (_, i) => String.fromCodePoint(0x4e00 + 2 * i)).join("");
  const start = performance.now();
  const cut = split(regex(`(?i)[${members}x-z]`), { behavior: "removed" });
  expect(pretokenize("aXb\u4e00c\u4e01\u00e9\u3042\uac00", cut)).toEqual(["a", "b", "c\u4e01\u00e9\u3042\uac00"]);
  expect(performance.now() - start).toBeLessThan(2_000);
});

test("an expression of JavaScript's own", () => {
  expect(pretokenize("a1b22", split(expression(/\d/), { behavior: "contiguous" }))).toEqual(["a", "1", "b", "22"]);
});
