import fc from "fast-check";
import { expect, test } from "vitest";
import { byteLevel, byteLevelDecode, byteToUnicode, unicodeToByte } from "../src/index.js";

test("the map is GPT-2's", () => {
  expect(byteToUnicode).toHaveLength(256);
  expect(new Set(byteToUnicode).size).toBe(256);
  // As in vocab.json of GPT-2: ids 0, 93, 94, 187, 188, 255 are these characters.
  expect(["!", "~", "¡", "ÿ"].map((character) => unicodeToByte.get(character))).toEqual([33, 126, 161, 255]);
  expect([0, 9, 10, 13, 32, 127, 160, 173].map((byte) => byteToUnicode[byte])).toEqual(Array.from("ĀĉĊčĠġłŃ"));
});

test("unicodeToByte undoes byteToUnicode", () => {
  byteToUnicode.forEach((character, byte) => {
    expect(unicodeToByte.get(character)).toBe(byte);
  });
});

test("byteLevel writes UTF-8 bytes, and byteLevelDecode gives them back", () => {
  expect(byteLevel(" é\n")).toBe("ĠÃ©Ċ");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(byteLevelDecode(byteLevel(text))).toEqual(new TextEncoder().encode(text));
    }),
  );
  expect(byteLevel("\ud800")).toBe(byteLevel("\ufffd"));
});

test("every byte sequence survives", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(byteLevelDecode(Array.from(bytes, (byte) => byteToUnicode[byte]).join(""))).toEqual(
        Uint8Array.from(bytes),
      );
    }),
  );
});

test("a character that stands for no byte is an error", () => {
  expect(() => byteLevelDecode("a b")).toThrow('byteLevelDecode: " " stands for no byte');
  expect(() => byteLevelDecode("😀")).toThrow("stands for no byte");
});
