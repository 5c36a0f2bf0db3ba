// The script of a character, as far as it decides where words may be cut: no piece mixes scripts.
//
// Kanji, hiragana and katakana count as one, as Japanese words mix them. Source: Unicode's property Script, as the
// JavaScript engine has it; the rule is that of sentencepiece's trainer.

/** Scripts by their codes in ISO 15924, those met most often first. */
const CODES =
  "Latn Zyyy Hani Hira Kana Cyrl Grek Arab Hang Hebr Thai Deva Zinh Beng Taml Telu Knda Mlym Gujr Guru Geor Armn Ethi Khmr Laoo " +
  "Mymr Sinh Tibt Mong Syrc Thaa Orya Cher Cans Bopo Yiii Brai Copt Goth Glag Tfng Nkoo Vaii Lisu Java Bali Sund Olck Adlm Runr " +
  "Ogam Limb Tale Talu Bugi Sylo Saur Kali Rjng Cham Lana Tavt Bamu Mtei Batk Lepc Phag Mand Samr Cakm Shrd Takr Newa Tirh Sidd";

/** A script that takes whatever is beside it: that of combining marks. */
export const INHERITED = 12;
const HAN = 2;
const JAPANESE = new Set([HAN, 3, 4]);
const PROLONGED_SOUND_MARK = 0x30fc;

/** Code point → a number for its script. */
export function scriptTable(): (codePoint: number) => number {
  const patterns = CODES.split(" ").map((code) => new RegExp(`\\p{Script=${code}}`, "u"));
  const known = new Map<number, number>();
  const basic = new Uint8Array(65536); // script + 1
  const find = (codePoint: number): number => {
    if (codePoint === PROLONGED_SOUND_MARK) return HAN;
    const character = String.fromCodePoint(codePoint);
    const script = patterns.findIndex((pattern) => pattern.test(character));
    return script === -1 ? patterns.length : JAPANESE.has(script) ? HAN : script;
  };
  return (codePoint) => {
    const held = codePoint < 65536 ? basic[codePoint]! - 1 : (known.get(codePoint) ?? -1);
    if (held !== -1) return held;
    const script = find(codePoint);
    if (codePoint < 65536) basic[codePoint] = script + 1;
    else known.set(codePoint, script);
    return script;
  };
}
