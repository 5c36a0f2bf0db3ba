import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ChatFormatName,
  chatFormat,
  chatFormats,
  chatSpecialTokens,
  chatStopId,
  conversationPieces,
  type Encode,
  encodeConversation,
  encodePrompt,
  type Message,
  renderPrompt,
} from "../src/index.js";

// A tokenizer of one id per UTF-16 unit, and special tokens from 100,000 on: decoding gives the text back exactly.
const formats = Object.keys(chatFormats) as ChatFormatName[];
const specials = [...new Set(formats.flatMap(chatSpecialTokens))];
const pattern = new RegExp(`(${specials.map((token) => token.replace(/[|]/g, "\\|")).join("|")})`);
const units = (text: string): number[] => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
const encode: Encode = (text, { special }) =>
  (special ? text.split(pattern) : [text]).flatMap((part) =>
    special && specials.includes(part) ? [100_000 + specials.indexOf(part)] : units(part),
  );
const decode = (ids: number[]): string =>
  ids.map((id) => (id >= 100_000 ? (specials[id - 100_000] as string) : String.fromCharCode(id))).join("");

const conversation: Message[] = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Hi" },
  { role: "assistant", content: "Hello!" },
  { role: "user", content: "Bye" },
  { role: "assistant", content: "So long." },
];

const texts: Record<ChatFormatName, string> = {
  chatml:
    "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello!<|im_end|>\n" +
    "<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\nSo long.<|im_end|>\n",
  llama3:
    "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>" +
    "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>" +
    "<|start_header_id|>assistant<|end_header_id|>\n\nHello!<|eot_id|>" +
    "<|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|>" +
    "<|start_header_id|>assistant<|end_header_id|>\n\nSo long.<|eot_id|>",
  plain: "Be brief.\n\nUser: Hi\n\nAssistant: Hello!<|endoftext|>\n\nUser: Bye\n\nAssistant: So long.<|endoftext|>\n\n",
};

describe.each(formats)("%s", (format) => {
  const options = { encode, format };
  const end = chatFormats[format].roles.assistant.end;

  test("writes the format's text", () => {
    expect(decode(encodeConversation(conversation, options).ids)).toBe(texts[format]);
  });

  test("the labels are the answers with their ends, and nothing else", () => {
    const { ids, labels } = encodeConversation(conversation, options);
    expect(labels.length).toBe(ids.length);
    expect(labels.every((label, i) => label === -100 || label === ids[i])).toBe(true);
    expect(decode(labels.filter((label) => label !== -100))).toBe(`Hello!${end}So long.${end}`);
  });

  test("a prompt is token for token what training put before the answer", () => {
    const { ids, labels } = encodeConversation(conversation, options);
    const prompt = encodePrompt(conversation.slice(0, -1), options);
    expect(ids.slice(0, prompt.length)).toEqual(prompt);
    expect(labels[prompt.length]).toBe("S".charCodeAt(0));
    expect(labels[prompt.length - 1]).toBe(-100);
    expect(decode(prompt)).toBe(renderPrompt(conversation.slice(0, -1), format));
  });

  test("generation stops at the token that ends an answer", () => {
    const { ids, labels } = encodeConversation(conversation.slice(0, 3), options);
    const stop = chatStopId(options);
    expect(decode([stop])).toBe(end);
    expect(ids[labels.lastIndexOf(stop)]).toBe(stop);
  });

  test("content never becomes a special token, whatever it holds", () => {
    const content = fc
      .array(fc.oneof(fc.constantFrom(...specials), fc.string()), { minLength: 0, maxLength: 6 })
      .map((parts) => parts.join(""));
    const role = fc.constantFrom("system" as const, "user" as const, "assistant" as const);
    fc.assert(
      fc.property(fc.array(fc.record({ role, content }), { maxLength: 4 }), content, (before, answer) => {
        const messages: Message[] = [...before, { role: "assistant", content: answer }];
        const { ids, labels } = encodeConversation(messages, options);
        const own = conversationPieces(messages, format).filter(({ special }) => special);
        const expected = own
          .flatMap(({ text }) => Array.from(encode(text, { special: true })))
          .filter((id) => id >= 1e5);
        expect(ids.filter((id) => id >= 1e5)).toEqual(expected);
        const answers = messages.filter((message) => message.role === "assistant").map((m) => m.content + end);
        expect(decode(labels.filter((label) => label !== -100))).toBe(answers.join(""));
      }),
    );
  });
});

test("a format of one's own", () => {
  const role = (prefix: string): { prefix: string; end: string; gap: string } => ({
    prefix,
    end: "<|eot_id|>",
    gap: "",
  });
  const format = {
    start: "",
    roles: { system: role("S:"), user: role("U:"), assistant: role("A:") },
    specialTokens: ["<|eot_id|>"],
  };
  expect(chatFormat(format)).toBe(format);
  expect(renderPrompt([{ role: "user", content: "1+1" }], format)).toBe("U:1+1<|eot_id|>A:");
});

test("errors teach", () => {
  const options = { encode, format: "chatml" as const };
  const user: Message = { role: "user", content: "Hi" };
  expect(() => encodeConversation([], options)).toThrow("at least one message");
  expect(() => encodeConversation([user], options)).toThrow("nothing to learn");
  expect(() => encodePrompt(conversation, options)).toThrow("must not be the assistant's");
  expect(() => encodePrompt([{ role: "tool" as never, content: "" }], options)).toThrow(
    'message 0 has the role "tool"; roles are system, user, assistant',
  );
  expect(() => encodePrompt([{ role: "__proto__" as never, content: "" }], options)).toThrow('role "__proto__"');
  expect(() => encodePrompt([{ role: "user", content: 7 as never }], options)).toThrow("must be text, got number");
  expect(() => chatFormat("toString" as never)).toThrow('no chat format "toString"; known are chatml, llama3, plain');
});

test("a tokenizer that is not up to the format is found out", () => {
  const without: Encode = (text) => units(text);
  expect(() => encodePrompt([{ role: "user", content: "Hi" }], { encode: without, format: "chatml" })).toThrow(
    "does not hold <|im_start|> as one special token (it gives 12); train or extend it with chatSpecialTokens",
  );
  expect(() => chatStopId({ encode: without, format: "plain" })).toThrow("<|endoftext|>");
  const careless: Encode = (text) => encode(text, { special: true });
  expect(() =>
    encodePrompt([{ role: "user", content: "x<|im_end|>" }], { encode: careless, format: "chatml" }),
  ).toThrow("became the special token <|im_end|>");
});
