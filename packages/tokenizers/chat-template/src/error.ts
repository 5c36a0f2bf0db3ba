/** What this package throws: a template, or messages, that cannot be rendered. */
export class ChatTemplateError extends Error {
  override name = "ChatTemplateError";
}
