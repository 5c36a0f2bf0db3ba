// Bytes as visible characters, GPT-2's way: printable bytes of Latin-1 are themselves, the others count up from U+0100.
// Source: encoder.py of github.com/openai/gpt-2.

let characters: readonly string[] | undefined;

/** Byte → its character. */
function byteCharacters(): readonly string[] {
  if (characters) return characters;
  let next = 256;
  const printable = (byte: number): boolean => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  characters = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
  return characters;
}

/** The bytes of a text as characters: " é" is "ĠÃ©". */
export function byteLevelText(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byteCharacters()[byte]).join("");
}
