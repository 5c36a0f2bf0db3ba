import fc from "fast-check";
import { expect, test } from "vitest";
import { type ChatMessage, ChatTemplate, ChatTemplateError, chatTemplateFromConfig } from "../src/index.js";
import fixture from "./fixtures/rendered.json" with { type: "json" };

const tokens = { bos_token: "<s>", eos_token: "</s>" };
const templates = new Map(
  Object.entries(fixture.templates).map(([name, source]) => [name, new ChatTemplate(source, tokens)]),
);
const tools = (name: string): object => (name === "tools" ? { tools: fixture.tools } : {});

test.each(fixture.cases)("renders as Jinja2 does: $template $prompt", ({ template, messages, prompt, text, spans }) => {
  const options = { addGenerationPrompt: prompt, ...tools(template) };
  expect(templates.get(template)!.render(messages, options)).toBe(text);
  if (!templates.get(template)!.hasGenerationBlocks) return;
  const rendered = templates.get(template)!.renderWithSpans(messages, options);
  expect(rendered.text).toBe(text);
  expect(rendered.assistant).toEqual(spans);
});

const said = (name: string, messages: readonly ChatMessage[], addGenerationPrompt = false): string[] => {
  const { text, assistant } = templates.get(name)!.renderWithSpans(messages, { addGenerationPrompt });
  return assistant.map(([start, end]) => text.slice(start, end));
};
const talk = fixture.cases[0]!.messages as ChatMessage[];

test("without generation blocks, what each answer adds is the assistant's", () => {
  expect(said("chatml", talk)).toEqual([" Hello, 世界! \n<|im_end|>", "Fine.<|im_end|>"]);
  expect(said("chatml", talk, true)).toEqual([" Hello, 世界! \n<|im_end|>", "Fine.<|im_end|>"]);
  expect(said("llama3", talk)).toEqual(["Hello, 世界!<|eot_id|>", "Fine.<|eot_id|>"]);
  // This template opens no answers: the blank before them is not known to be the assistant's.
  expect(said("llama2", talk)).toEqual(["Hello, 世界! </s>", "Fine. </s>"]);
});

test("a template that drops earlier thoughts, and opens the answer with one", () => {
  const source = `{% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant' and not loop.last %}{{ m.content.split('</think>')[-1] }}{% else %}{{ m.content }}{% endif %}</s>
{% endfor %}{% if add_generation_prompt %}<assistant><think>{% endif %}`;
  const template = new ChatTemplate(source);
  const messages = [
    { role: "user", content: "a" },
    { role: "assistant", content: "<b>bold</b>" },
    { role: "user", content: "c" },
    { role: "assistant", content: "d" },
  ];
  const { text, assistant } = template.renderWithSpans(messages);
  expect(assistant.map(([start, end]) => text.slice(start, end))).toEqual(["<b>bold</b></s>", "d</s>"]);
  const thinking = [messages[0]!, { role: "assistant", content: "<think>x</think>y" }, ...messages.slice(2)];
  expect(template.render(thinking)).toContain("<assistant>y</s>");
  const again = template.renderWithSpans(thinking);
  expect(again.assistant.map(([start, end]) => again.text.slice(start, end))).toEqual(["y</s>", "d</s>"]);
});

test("where it cannot be told, it says so", () => {
  const template = new ChatTemplate(
    "{% for m in messages %}{{ m.content | length }}{% endfor %}{{ messages | length }}",
  );
  const messages = [
    { role: "user", content: "a" },
    { role: "assistant", content: "b" },
    { role: "user", content: "c" },
  ];
  expect(() => template.renderWithSpans(messages)).toThrow(/message 1, the assistant's/);
});

test("blocks and differences agree, whatever is said", () => {
  // Each says the same thing in its own way.
  const plain = new ChatTemplate(fixture.templates.blocks.replaceAll(/\{%- (end)?generation %\}/g, ""));
  const blocks = templates.get("blocks")!;
  const content = fc.string({ unit: "grapheme" });
  const turns = fc.array(fc.tuple(content, content), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(turns, fc.boolean(), (pairs, addGenerationPrompt) => {
      const messages = pairs.flatMap(([user, assistant]) => [
        { role: "user", content: user },
        { role: "assistant", content: assistant },
      ]);
      const options = { addGenerationPrompt };
      expect(plain.renderWithSpans(messages, options)).toEqual(blocks.renderWithSpans(messages, options));
    }),
  );
});

test("tokenizer_config.json: one template, several, and special tokens as texts and objects", () => {
  const config = { chat_template: "{{ bos_token }}{{ eos_token }}", bos_token: "<s>", eos_token: { content: "</s>" } };
  expect(chatTemplateFromConfig(JSON.stringify(config)).render([])).toBe("<s></s>");
  const several = [
    { name: "default", template: "d" },
    { name: "rag", template: "r" },
  ];
  expect(chatTemplateFromConfig({ chat_template: several }).render([])).toBe("d");
  expect(chatTemplateFromConfig({ chat_template: several }, "rag").render([])).toBe("r");
  expect(chatTemplateFromConfig({ chat_template: { default: "o" } }).render([])).toBe("o");
});

test.each<[string, () => unknown, RegExp]>([
  ["no Jinja", () => new ChatTemplate("{% for x in %}"), /no Jinja/],
  ["no template", () => chatTemplateFromConfig({}), /no chat_template/],
  ["an inherited one", () => chatTemplateFromConfig(Object.create({ chat_template: "x" })), /no chat_template/],
  ["no such template", () => chatTemplateFromConfig({ chat_template: [] }, "x"), /no "x"/],
  ["no JSON", () => chatTemplateFromConfig("{"), /not JSON/],
  ["no object", () => chatTemplateFromConfig("[]"), /must be an object/],
  ["a refusal", () => templates.get("llama2")!.render([{ role: "assistant", content: "x" }]), /roles must alternate/],
])("a clear error: %s", (_, act, message) => {
  expect(act).toThrow(ChatTemplateError);
  expect(act).toThrow(message);
});

test("variables reach the template", () => {
  const template = new ChatTemplate("{% if enable_thinking %}think{% else %}don't{% endif %}");
  expect(template.render([], { variables: { enable_thinking: true } })).toBe("think");
  expect(template.render([])).toBe("don't");
});
