// Reads and writes one protobuf message by its schema. The varints and floats are the library's; what is checked here is
// that nothing reaches beyond its message, whatever lengths a file claims.

import type { PbfReader, PbfWriter } from "pbf";
import { SentencePieceError } from "./error.js";
import type { FieldKind, Schema } from "./schema.js";

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

const wireTypes: Readonly<Record<FieldKind, number>> = {
  string: BYTES,
  strings: BYTES,
  bytes: BYTES,
  int: VARINT,
  bool: VARINT,
  float: FIXED32,
};

type Fields = Record<string, unknown>;

/** The fields of the message that goes on to `end`; `path` names it in errors. */
export function readMessage<T extends object>(pbf: PbfReader, end: number, schema: Schema, path: string): T {
  const fields: Fields = {};
  const unknown: Uint8Array[] = [];
  readFields(pbf, end, path, (field, type, start) => {
    const [name, kind] = Object.hasOwn(schema, field) ? schema[field]! : [];
    if (name === undefined || kind === undefined) {
      skip(pbf, type, end, path);
      unknown.push(pbf.buf.subarray(start, pbf.pos));
      return;
    }
    const place = `${path}.${name}`;
    if (type !== wireTypes[kind]) fail(`${place} must have the wire type ${wireTypes[kind]}, got ${type}`);
    const value = readValue(pbf, kind, end, place);
    if (kind !== "strings") fields[name] = value;
    else if (fields[name] === undefined) fields[name] = [value];
    else (fields[name] as unknown[]).push(value);
  });
  if (unknown.length > 0) fields.unknownFields = concatenate(unknown);
  return fields as T;
}

/** Calls `read` with number, wire type and start of each field up to `end`; `read` moves on to the field's end. */
export function readFields(
  pbf: PbfReader,
  end: number,
  path: string,
  read: (field: number, type: number, start: number) => void,
): void {
  while (pbf.pos < end) {
    const start = pbf.pos;
    const tag = pbf.readVarint();
    if (!(pbf.pos <= end) || !(tag >= 8) || tag > 0xffffffff)
      fail(`${path} is cut off, or not a message, at byte ${start}`);
    read(tag >>> 3, tag & 7, start);
    if (!(pbf.pos <= end)) fail(`${path} is cut off at byte ${end}`);
  }
}

/** The end of the value that starts here with its length. */
export function readEnd(pbf: PbfReader, end: number, path: string): number {
  const length = pbf.readVarint();
  if (!(length >= 0 && pbf.pos + length <= end)) {
    fail(`${path} claims ${length} bytes at byte ${pbf.pos}, but only ${Math.max(0, end - pbf.pos)} are left`);
  }
  return pbf.pos + length;
}

export function readValue(pbf: PbfReader, kind: FieldKind, end: number, path: string): unknown {
  if (kind === "float") return pbf.pos + 4 <= end ? pbf.readFloat() : fail(`${path} is cut off at byte ${end}`);
  if (kind === "int") return pbf.readVarint(true);
  if (kind === "bool") return pbf.readVarint() !== 0;
  const stop = readEnd(pbf, end, path);
  const bytes = pbf.buf.subarray(pbf.pos, stop);
  pbf.pos = stop;
  return kind === "bytes" ? bytes : decodeUtf8(bytes, path);
}

export function skip(pbf: PbfReader, type: number, end: number, path: string): void {
  if (type === BYTES) pbf.pos = readEnd(pbf, end, path);
  else if (type === VARINT) pbf.readVarint();
  else if (type === FIXED32) pbf.pos += 4;
  else if (type === FIXED64) pbf.pos += 8;
  else fail(`${path} has a field of the wire type ${type} at byte ${pbf.pos}, which no such file has`);
}

/** Writes the fields of a message in the order of their numbers, and those that are not known after them. */
export function writeMessage(pbf: PbfWriter, message: object, schema: Schema): void {
  const fields = message as Fields;
  for (const [key, [name, kind]] of Object.entries(schema)) {
    const field = Number(key);
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (value === undefined) continue;
    if (kind === "strings") for (const each of value as string[]) pbf.writeBytesField(field, encodeUtf8(each));
    else if (kind === "string") pbf.writeBytesField(field, encodeUtf8(value as string));
    else if (kind === "bytes") pbf.writeBytesField(field, value as Uint8Array);
    else if (kind === "float") pbf.writeFloatField(field, value as number);
    else if (kind === "bool") pbf.writeBooleanField(field, value as boolean);
    else pbf.writeVarintField(field, value as number);
  }
  writeRaw(pbf, fields.unknownFields as Uint8Array | undefined);
}

/** Writes bytes as they are. */
export function writeRaw(pbf: PbfWriter, bytes: Uint8Array | undefined): void {
  if (!bytes || bytes.length === 0) return;
  pbf.realloc(bytes.length);
  pbf.buf.set(bytes, pbf.pos);
  pbf.pos += bytes.length;
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decodeUtf8(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail(`${path} is not UTF-8`);
  }
}

export function fail(message: string): never {
  throw new SentencePieceError(`sentencepiece model: ${message}`);
}
