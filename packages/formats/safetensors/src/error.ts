// One error for everything that is wrong with a file, so that callers can tell it from their own mistakes.

const longest = 1000;

/** The bytes are no valid safetensors file, or a tensor cannot be stored; the message says what and where. */
export class SafetensorsError extends Error {
  override name = "SafetensorsError";

  constructor(message: string, options?: ErrorOptions) {
    // A hostile name may be a hundred megabytes long.
    super(message.length > longest ? `${message.slice(0, longest)}…` : message, options);
  }
}
