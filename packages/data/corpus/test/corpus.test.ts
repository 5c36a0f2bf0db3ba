import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorpusError, type Document, documentsFromText, splitByHash, splitDocuments, splitTail } from "../src/index.js";
import { cutPoint, lineDocuments, textDocuments } from "../src/stream.js";
import { decodeUtf8 } from "../src/utf8.js";

async function* stream<T>(...pieces: T[]): AsyncGenerator<T> {
  yield* pieces;
}
async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
/** Cuts bytes or text into pieces of the given lengths, over and over. */
function pieces<T extends { length: number; slice(a: number, b: number): T }>(whole: T, lengths: number[]): T[] {
  const parts: T[] = [];
  for (let at = 0, i = 0; at < whole.length; at += lengths[i++ % lengths.length] as number) {
    parts.push(whole.slice(at, at + (lengths[i % lengths.length] as number)));
  }
  return parts;
}
const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
const anyText = fc
  .string({ unit: "binary", maxLength: 60 })
  .filter((s) => !/\p{Surrogate}/u.test(s) && !s.startsWith("\ufeff"));

describe("documentsFromText", () => {
  test("a text is one document, JSON lines are one a line, blank ones are none", () => {
    expect(documentsFromText("a\nb")).toEqual([{ id: "text", text: "a\nb" }]);
    expect(documentsFromText(" \n")).toEqual([]);
    const jsonl = '{"body":"x","n":1}\n\n{"body":" "}\r\n{"body":"ü\\n"}';
    expect(documentsFromText(jsonl, { format: "jsonl", field: "body", id: "f" })).toEqual([
      { id: "f:1", text: "x" },
      { id: "f:4", text: "ü\n" },
    ]);
  });
  test.each([
    ['{"text":', "f, line 2: is not valid JSON"],
    ["[1]", 'f, line 2: must be an object with the text in its field "text"'],
    ["null", "f, line 2: must be an object"],
    ['{"prompt":"a","answer":"b"}', 'f, line 2: has no text in its field "text"; its fields are: prompt, answer'],
    ['{"text":7}', "f, line 2: has no text in its field"],
  ])("%s", (line, message) => {
    expect(() => documentsFromText(`{"text":"fine"}\n${line}`, { format: "jsonl", id: "f" })).toThrow(message);
    expect(() => documentsFromText(`{"text":"fine"}\n${line}`, { format: "jsonl", id: "f" })).toThrow(CorpusError);
  });
  test("a field named like a method of all objects is no field", () => {
    expect(() => documentsFromText("{}", { format: "jsonl", field: "toString" })).toThrow("has no text in its field");
  });
  test("splitDocuments", () => {
    expect(splitDocuments("a<|end|> \n<|end|>b<|end|>", "<|end|>")).toEqual(["a", "b"]);
  });
});

describe("splits", () => {
  test("splitTail is nanoGPT's: int(n · 0.9) of Tiny Shakespeare's 1,115,394 characters train", () => {
    const { train, validation } = splitTail(new Uint16Array(1_115_394));
    expect([train.length, validation.length]).toEqual([1_003_854, 111_540]);
    expect(splitTail("abcdefghij", 0.25)).toEqual({ train: "abcdefg", validation: "hij" });
    expect(splitTail([1, 2], 0)).toEqual({ train: [1, 2], validation: [] });
  });
  test("typed arrays are views", () => {
    const tokens = Int32Array.of(1, 2, 3, 4);
    expect(splitTail(tokens, 0.5).validation.buffer).toBe(tokens.buffer);
  });
  test("splitByHash gives the fraction asked for, and never changes", () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => `docs/${i}.md`);
    const count = ids.filter((id) => splitByHash(id, 0.1) === "validation").length;
    // Binomial: mean 2000, standard deviation 42.
    expect(Math.abs(count - 2000)).toBeLessThan(4 * 42);
    // Computed by the same formula in Python. If these change, documents move between training and validation.
    expect(ids.slice(0, 12).filter((id) => splitByHash(id, 0.3) === "validation")).toEqual(
      [0, 1, 4, 6, 8, 9].map((i) => `docs/${i}.md`),
    );
    for (const id of ids.slice(0, 500))
      if (splitByHash(id, 0.1) === "validation") expect(splitByHash(id, 0.2)).toBe("validation");
    expect([splitByHash("x", 0), splitByHash("x", 1)]).toEqual(["train", "validation"]);
  });
  test("fractions out of range", () => {
    for (const split of [splitTail<string>, splitByHash])
      expect(() => split("x", 1.5)).toThrow("fraction must be from 0 to 1, got 1.5");
  });
});

describe("UTF-8", () => {
  const decode = async (bytes: Uint8Array, sizes = [1000]) =>
    (await collect(decodeUtf8(stream(...pieces(bytes, sizes)), "f"))).join("");
  test("any text in any pieces", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, lengths, fc.boolean(), async (text, sizes, mark) => {
        const bytes = new TextEncoder().encode((mark ? "\ufeff" : "") + text);
        expect(await decode(bytes, sizes)).toBe(text);
      }),
    );
  });
  test("a byte-order mark inside of the text stays", async () => {
    expect(await decode(new TextEncoder().encode("\ufeffa\ufeffb"), [1])).toBe("a\ufeffb");
  });
  test("an error exactly where Node's own decoder has one, and at the first wrong byte", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyText,
        fc.uint8Array({ minLength: 1, maxLength: 4 }),
        anyText,
        lengths,
        async (before, noise, after, sizes) => {
          const start = new TextEncoder().encode(before);
          const bytes = Uint8Array.of(...start, ...noise, ...new TextEncoder().encode(after));
          const error = await decode(bytes, sizes).then(
            () => undefined,
            (e: Error) => e,
          );
          const lossy = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
          const valid = Buffer.compare(Buffer.from(lossy), Buffer.from(bytes)) === 0;
          expect(error === undefined).toBe(valid);
          if (!error || error.message.includes("UTF-16")) return;
          expect(error).toBeInstanceOf(CorpusError);
          // Everything before the position is valid, and is no longer with the letter there.
          const at = Number(/position (\d+)$/.exec(error.message)?.[1]);
          const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
          expect(() => strict.decode(bytes.subarray(0, at))).not.toThrow();
          for (let end = at + 1; end <= Math.min(at + 4, bytes.length); end++)
            expect(() => strict.decode(bytes.subarray(0, end))).toThrow();
        },
      ),
      { numRuns: 500 },
    );
  });
  test("messages", async () => {
    await expect(decode(Uint8Array.of(97, 98, 0xff, 99))).rejects.toThrow(
      "f: is not valid UTF-8: byte 0xff at position 2",
    );
    await expect(decode(Uint8Array.of(97, 0xe4, 0xbd))).rejects.toThrow("byte 0xe4 at position 1");
    for (const mark of [
      [0xff, 0xfe],
      [0xfe, 0xff],
    ]) {
      await expect(decode(Uint8Array.of(...mark, 97, 0))).rejects.toThrow("f: is UTF-16, not UTF-8");
    }
  });
});

describe("documents of a stream", () => {
  const join = (documents: Document[]) => {
    const joined: string[] = [];
    let open = false;
    for (const { text, continues } of documents) {
      if (open) joined[joined.length - 1] += text;
      else joined.push(text);
      open = continues ?? false;
    }
    expect(open).toBe(false);
    return joined;
  };

  test("parts joined are the text, none longer than allowed, in any pieces, with and without separator", async () => {
    const words = fc.array(fc.constantFrom("a", "bc ", " d", "\n", "\n\n", "😀", "<E>", "<", "<E", ">"), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(
        words,
        lengths,
        fc.integer({ min: 2, max: 12 }),
        fc.boolean(),
        async (parts, sizes, maxLength, separated) => {
          const text = parts.join("");
          const separator = separated ? "<E>" : undefined;
          const documents = await collect(
            textDocuments(stream(...pieces(text, sizes)), { id: "f", separator, maxLength }),
          );
          const expected = separated ? text.split("<E>") : [text];
          // A blank document may stay if it is so long that it came in parts.
          const kept = (texts: string[]) => texts.filter((x) => /\S/.test(x));
          expect(kept(join(documents))).toEqual(kept(expected));
          for (const document of documents) {
            expect(document.text.length).toBeLessThanOrEqual(maxLength);
            expect(document.text).not.toMatch(/\p{Surrogate}/u);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test("cuts after a line, else before a space, else between letters", () => {
    expect(cutPoint("aaa\nbbb ccc", 6)).toBe(4);
    expect(cutPoint("aaa\n\n\nbbb", 7)).toBe(6);
    expect(cutPoint("aaaa bbbbb", 6)).toBe(4);
    expect(cutPoint("aaaa  bbbb", 7)).toBe(4);
    expect(cutPoint("aaaaaaaaaa", 6)).toBe(6);
    expect(cutPoint("aaaaa😀aaa", 6)).toBe(5);
  });

  test("JSON lines in any pieces are those of the whole text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ maxLength: 8 }), { maxLength: 6 }), lengths, async (texts, sizes) => {
        const jsonl = texts.map((text) => JSON.stringify({ text })).join("\n");
        const options = { id: "f", field: "text", maxLength: 100 };
        expect(await collect(lineDocuments(stream(...pieces(jsonl, sizes)), options))).toEqual(
          documentsFromText(jsonl, { format: "jsonl", id: "f" }),
        );
      }),
    );
  });

  test("a line that never ends is an error, not a full memory", async () => {
    const endless = async function* () {
      for (let i = 0; i < 1000; i++) yield "x".repeat(50);
    };
    const options = { id: "f", field: "text", maxLength: 100 };
    await expect(collect(lineDocuments(endless(), options))).rejects.toThrow(
      "f, line 1: is longer than 100 characters",
    );
  });
});
