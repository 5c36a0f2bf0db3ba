export {
  type ChatMessage,
  ChatTemplate,
  type Rendered,
  type RenderOptions,
  type TemplateTokens,
} from "./chat-template.js";
export { chatTemplateFromConfig } from "./config.js";
export { type ChatTokenizer, type EncodeChatOptions, type EncodedChat, encodeChat } from "./encode.js";
export { ChatTemplateError } from "./error.js";
export type { Span } from "./generation.js";
