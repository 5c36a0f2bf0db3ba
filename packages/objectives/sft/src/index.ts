export {
  chatStopId,
  type Encode,
  type EncodedConversation,
  type EncodeOptions,
  encodeConversation,
  encodePrompt,
} from "./encode.js";
export {
  type ChatFormat,
  type ChatFormatName,
  chatFormat,
  chatFormats,
  chatSpecialTokens,
  type Message,
  type Role,
  type RoleFormat,
} from "./formats.js";
export { conversationPieces, type Piece, promptPieces, renderPrompt } from "./render.js";
