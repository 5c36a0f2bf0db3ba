// Bytes as visible characters, GPT-2's way: printable bytes of Latin-1 are themselves, the others count up from U+0100.
// Source: encoder.py of github.com/openai/gpt-2.

let characters: readonly string[] | undefined;
let bytes: ReadonlyMap<string, number> | undefined;

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

function bytesOf(written: string): number[] {
  bytes ??= new Map(byteCharacters().map((character, byte) => [character, byte]));
  return Array.from(written, (character) => bytes?.get(character) ?? -1);
}

/** Whether all characters stand for bytes. */
export const isByteLevel = (written: string): boolean => !bytesOf(written).includes(-1);

/** The text that characters stand for; undefined where they stand for no bytes, or not for text. */
export function textOfByteLevel(written: string): string | undefined {
  if (!isByteLevel(written)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytesOf(written)));
  } catch {
    return undefined;
  }
}
