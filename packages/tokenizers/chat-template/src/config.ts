// Chat templates where models have them: `chat_template` of tokenizer_config.json, or a file chat_template.jinja beside it.

import { ChatTemplate, type TemplateTokens } from "./chat-template.js";
import { ChatTemplateError } from "./error.js";

/** The template in a tokenizer_config.json, as text or parsed; `name` picks one where there are several. Throws ChatTemplateError. */
export function chatTemplateFromConfig(config: unknown, name = "default"): ChatTemplate {
  const value = typeof config === "string" ? parse(config) : config;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ChatTemplateError("tokenizer_config.json: the file must be an object");
  }
  const source = Object.hasOwn(value, "chat_template")
    ? (value as { chat_template: unknown }).chat_template
    : undefined;
  return new ChatTemplate(typeof source === "string" ? source : pick(source, name), tokensOf(value));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ChatTemplateError(`tokenizer_config.json: the file is not JSON: ${(error as Error).message}`);
  }
}

/** Several templates are a list of { name, template }, or an object by name. */
function pick(source: unknown, name: string): string {
  if (typeof source !== "object" || source === null) {
    throw new ChatTemplateError("tokenizer_config.json: there is no chat_template; see chat_template.jinja beside it");
  }
  const entries: [unknown, unknown][] = Array.isArray(source)
    ? source.map((each) => [each?.name, each?.template])
    : Object.entries(source);
  const found = entries.find(([each]) => each === name)?.[1];
  if (typeof found === "string") return found;
  const names = entries.map(([each]) => String(each)).join(", ");
  throw new ChatTemplateError(`tokenizer_config.json: chat_template has no "${name}"; it has ${names || "none"}`);
}

/** `bos_token` and its like: a text, or an object with the text in `content`. */
function tokensOf(config: object): TemplateTokens {
  const tokens: Record<string, string> = {};
  for (const [key, value] of Object.entries(config)) {
    if (!/^[a-z]+_token$/.test(key)) continue;
    const content = typeof value === "object" && value !== null ? (value as { content?: unknown }).content : value;
    if (typeof content === "string") tokens[key] = content;
  }
  return tokens;
}
