import { expect, test } from "vitest";
import { decodeHtml } from "../src/html-entities.js";
import { align, compose, stripHtml } from "../src/index.js";

test("character references, once", () => {
  expect(
    decodeHtml("&eacute;&#8364;&#x1F600; &amp;lt; &ltb &notaname; a&b &#0; &CounterClockwiseContourIntegral;"),
  ).toBe("é€😀 &lt; <b ¬aname; a&b \ufffd ∳");
});

test("with positions, after the tags are gone", () => {
  const text = "<b>caf&eacute;</b> au lait";
  const aligned = align(compose(stripHtml, decodeHtml), text);
  expect(aligned.text).toBe("café au lait");
  expect(text.slice(aligned.from(3), aligned.to(4))).toBe("&eacute;");
  expect(text.slice(aligned.from(5), aligned.to(7))).toBe("au");
});

test("linear on many ampersands", () => {
  const began = performance.now();
  expect(decodeHtml("&a".repeat(300_000)).length).toBe(600_000);
  expect(performance.now() - began).toBeLessThan(5_000);
});
