// Chat formats as data: what stands before and after each role's text.

/** Who wrote a message. */
export type Role = "system" | "user" | "assistant";

/** One message of a conversation. */
export interface Message {
  role: Role;
  content: string;
}

/** The text around a message: `prefix` content `end` `gap`. */
export interface RoleFormat {
  prefix: string;
  /** Closes the message. The model learns to write it, and generation stops at it. */
  end: string;
  /** Between this message and the next; never learned. */
  gap: string;
}

/** How a conversation becomes text. */
export interface ChatFormat {
  /** Before the first message. */
  start: string;
  roles: Readonly<Record<Role, RoleFormat>>;
  /** What of all this text the tokenizer must hold as single special tokens. */
  specialTokens: readonly string[];
}

const chatmlRole = (role: Role): RoleFormat => ({ prefix: `<|im_start|>${role}\n`, end: "<|im_end|>", gap: "\n" });

const llama3Role = (role: Role): RoleFormat => ({
  prefix: `<|start_header_id|>${role}<|end_header_id|>\n\n`,
  end: "<|eot_id|>",
  gap: "",
});

/**
 * - `chatml`: OpenAI's, used by Qwen and many others.
 * - `llama3`: Meta's, since Llama 3.
 * - `plain`: readable text; needs only the end-of-text token of GPT-2.
 */
export const chatFormats: Readonly<Record<"chatml" | "llama3" | "plain", ChatFormat>> = {
  chatml: {
    start: "",
    roles: { system: chatmlRole("system"), user: chatmlRole("user"), assistant: chatmlRole("assistant") },
    specialTokens: ["<|im_start|>", "<|im_end|>"],
  },
  llama3: {
    start: "<|begin_of_text|>",
    roles: { system: llama3Role("system"), user: llama3Role("user"), assistant: llama3Role("assistant") },
    specialTokens: ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
  },
  plain: {
    start: "",
    roles: {
      system: { prefix: "", end: "\n\n", gap: "" },
      user: { prefix: "User: ", end: "\n\n", gap: "" },
      assistant: { prefix: "Assistant: ", end: "<|endoftext|>", gap: "\n\n" },
    },
    specialTokens: ["<|endoftext|>"],
  },
};

/** The name of a known format, or a format of your own. */
export type ChatFormatName = keyof typeof chatFormats;

/** @throws Error naming the known formats */
export function chatFormat(format: ChatFormatName | ChatFormat): ChatFormat {
  if (typeof format !== "string") return format;
  if (!Object.hasOwn(chatFormats, format)) {
    throw new Error(`sft: there is no chat format "${format}"; known are ${Object.keys(chatFormats).join(", ")}`);
  }
  return chatFormats[format];
}

/** The special tokens that a tokenizer must hold for this format; give them to its training. */
export function chatSpecialTokens(format: ChatFormatName | ChatFormat): string[] {
  return [...chatFormat(format).specialTokens];
}
