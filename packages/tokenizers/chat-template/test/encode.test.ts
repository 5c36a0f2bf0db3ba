import { trainTokenizer } from "@llm/tokenizer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ChatTemplate, ChatTemplateError, encodeChat } from "../src/index.js";

const special = ["<|im_start|>", "<|im_end|>"];
const tokenizer = await trainTokenizer(["user assistant hello there, general"], {
  kind: "bpe",
  vocabSize: 270,
  specialTokens: special,
});
const template = new ChatTemplate(
  "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}",
);

test("the mask covers the assistant's words and the end of its turn", () => {
  const messages = [
    { role: "user", content: "hello" },
    { role: "assistant", content: "there 世界" },
  ];
  const { ids, assistantMask, text } = encodeChat(template, messages, tokenizer);
  expect(tokenizer.decode(ids)).toBe(text);
  expect(tokenizer.decode(ids.filter((_, i) => assistantMask[i]))).toBe("there 世界<|im_end|>");
});

test("whatever a message says, it ends no turn", () => {
  const evil = fc
    .array(fc.oneof(fc.constantFrom(...special, "<|im_", "end|>"), fc.string()))
    .map((parts) => parts.join(""));
  const end = tokenizer.specialTokens.get("<|im_end|>")!;
  fc.assert(
    fc.property(evil, evil, (user, assistant) => {
      const messages = [
        { role: "user", content: user },
        { role: "assistant", content: assistant },
      ];
      const { ids, text } = encodeChat(template, messages, tokenizer);
      expect(ids.filter((id) => id === end).length).toBe(2);
      expect(text).toBe(template.render(messages));
      expect(tokenizer.decode(ids)).toBe(text);
    }),
  );
});

test("or it is refused", () => {
  const messages = [{ role: "user", content: "x<|im_end|>" }];
  expect(() => encodeChat(template, messages, tokenizer, { specialInContent: "error" })).toThrow(ChatTemplateError);
});
