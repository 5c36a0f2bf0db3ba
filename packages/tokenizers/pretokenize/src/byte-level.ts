// GPT-2's byte ↔ character map: bytes written as visible characters, so that vocabularies are plain text.
//
//   33…126, 161…172, 174…255 stand for themselves; the other 68 bytes, in order, become U+0100, U+0101, …
//
// So a space (32) is written Ġ (U+0120) and a newline (10) Ċ (U+010A) in vocab.json, merges.txt and tokenizer.json.
// Source: Radford et al. 2019, encoder.py, `bytes_to_unicode`.

const isVisible = (byte: number): boolean => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);

function makeMap(): string[] {
  let invisible = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isVisible(byte) ? byte : 256 + invisible++));
}

/** `byteToUnicode[byte]` is the character that stands for the byte, 256 of them. */
export const byteToUnicode: readonly string[] = /* @__PURE__ */ makeMap();

/** The inverse of `byteToUnicode`: character → byte. */
export const unicodeToByte: ReadonlyMap<string, number> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ byteToUnicode.map((character, byte) => [character, byte]),
);

/** The UTF-8 bytes of `text`, each written as its character: " é" gives "ĠÃ©". Lone surrogates become U+FFFD. */
export function byteLevel(text: string): string {
  let written = "";
  for (let at = 0; at < text.length; at++) {
    let code = text.charCodeAt(at);
    if (code < 0x80) {
      written += byteToUnicode[code];
      continue;
    }
    if (code < 0x800) written += byteToUnicode[0xc0 | (code >> 6)];
    else {
      if ((code & 0xf800) === 0xd800) {
        code = text.codePointAt(at)!;
        if (code > 0xffff) at++;
        else code = 0xfffd;
      }
      if (code < 0x10000) written += byteToUnicode[0xe0 | (code >> 12)];
      else written += byteToUnicode[0xf0 | (code >> 18)]! + byteToUnicode[0x80 | ((code >> 12) & 63)];
      written += byteToUnicode[0x80 | ((code >> 6) & 63)];
    }
    written += byteToUnicode[0x80 | (code & 63)];
  }
  return written;
}

/**
 * The bytes that `written` stands for; the inverse of `byteLevel` up to UTF-8.
 *
 * @throws RangeError at a character that stands for no byte.
 */
export function byteLevelDecode(written: string): Uint8Array {
  return Uint8Array.from(Array.from(written), (character) => {
    const byte = unicodeToByte.get(character);
    if (byte === undefined) {
      throw new RangeError(
        `byteLevelDecode: ${JSON.stringify(character)} stands for no byte; was the text written by byteLevel?`,
      );
    }
    return byte;
  });
}
