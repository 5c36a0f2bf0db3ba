// A chat template: messages to the one text that a model was trained to see, and which of it the assistant wrote.
//
//   [{ role: "user", content: "Hi" }, …]  →  "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n…"
//
// Templates are written in Jinja, in `chat_template` of a model's tokenizer_config.json, for the environment that
// transformers gives them: blocks trimmed, `raise_exception`, `strftime_now`, `tojson`, loop controls.
// A template is a program: one that loops forever does so here too, so take templates from whom you take code.

import { Template } from "@huggingface/jinja";
import { differenceSpans } from "./difference.js";
import { ChatTemplateError } from "./error.js";
import { marked, type Span, takeMarks, unusedMark } from "./generation.js";

/** A message; templates may look at more than its role and content. */
export interface ChatMessage {
  role: string;
  content?: unknown;
  [field: string]: unknown;
}

/** What a template is told beside the messages. */
export interface RenderOptions {
  /** Whether the text ends with the opening of the assistant's answer; default false. */
  addGenerationPrompt?: boolean;
  /** Functions that the model may call, as JSON schemas. */
  tools?: readonly unknown[];
  documents?: readonly unknown[];
  /** Further variables that the template asks for, such as `enable_thinking`. */
  variables?: Readonly<Record<string, unknown>>;
}

/** A rendered conversation. */
export interface Rendered {
  text: string;
  /** Where in it the assistant's words are, in UTF-16 units: what a model is to learn. */
  assistant: Span[];
}

/** Special tokens as templates name them: `bos_token`, `eos_token`, … */
export type TemplateTokens = Readonly<Record<string, string>>;

/** A chat template, parsed. */
export class ChatTemplate {
  readonly source: string;
  /** What `bos_token` and its like are in the template. */
  readonly tokens: TemplateTokens;
  readonly #plain: Template;
  readonly #mark: string;
  readonly #marked: Template | undefined;

  /** Throws ChatTemplateError for a template that is no Jinja. */
  constructor(source: string, tokens: TemplateTokens = {}) {
    this.source = source;
    this.tokens = tokens;
    this.#plain = parse(source);
    this.#mark = unusedMark(source);
    const withMarks = marked(source, this.#mark);
    this.#marked = withMarks === undefined ? undefined : parse(withMarks);
  }

  /** Whether the template itself says what the assistant writes, in `{% generation %}` blocks. */
  get hasGenerationBlocks(): boolean {
    return this.#marked !== undefined;
  }

  /** The text of a conversation. Throws ChatTemplateError for what the template refuses. */
  render(messages: readonly ChatMessage[], options: RenderOptions = {}): string {
    return this.#marked ? this.renderWithSpans(messages, options).text : this.#run(this.#plain, messages, options);
  }

  /**
   * The text of a conversation, and where in it the assistant's words are: the template's `{% generation %}` blocks, or
   * else what each of the assistant's messages adds to the text. Throws ChatTemplateError where that cannot be told.
   */
  renderWithSpans(messages: readonly ChatMessage[], options: RenderOptions = {}): Rendered {
    if (!this.#marked) {
      const render = (some: readonly ChatMessage[], addGenerationPrompt: boolean): string =>
        this.render(some, { ...options, addGenerationPrompt });
      const text = this.render(messages, options);
      // With the opening of another answer at its end, the text goes on; what was said is in what is before.
      const said = render(messages, false);
      return { text, assistant: differenceSpans(text.startsWith(said) ? said : text, messages, render) };
    }
    if (JSON.stringify(messages).includes(this.#mark)) {
      throw new ChatTemplateError(
        "ChatTemplate: a message holds a character that marks the assistant's words; remove it",
      );
    }
    const { text, spans } = takeMarks(this.#run(this.#marked, messages, options), this.#mark);
    return { text, assistant: spans };
  }

  #run(template: Template, messages: readonly ChatMessage[], options: RenderOptions): string {
    const { addGenerationPrompt = false, tools, documents, variables } = options;
    try {
      return template.render({
        ...this.tokens,
        ...variables,
        messages,
        tools: tools ?? null,
        documents: documents ?? null,
        add_generation_prompt: addGenerationPrompt,
      });
    } catch (error) {
      throw new ChatTemplateError(`ChatTemplate: the template refuses these messages: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
}

function parse(source: string): Template {
  try {
    return new Template(source);
  } catch (error) {
    throw new ChatTemplateError(`ChatTemplate: the template is no Jinja that is known here: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
