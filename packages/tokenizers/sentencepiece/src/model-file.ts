// `.model` files: pieces with scores and types, and how text was, and is to be, normalized and split.
//
// Source: sentencepiece_model.proto (ModelProto). A file that is read and written again is the same, byte for byte, as long as
// its fields are in order, as protobuf libraries write them; fields that are not known are kept.

import { PbfReader, PbfWriter } from "pbf";
import { SentencePieceError } from "./error.js";
import {
  concatenate,
  fail,
  readEnd,
  readFields,
  readMessage,
  readValue,
  skip,
  writeMessage,
  writeRaw,
} from "./message.js";
import {
  type NormalizerSpec,
  normalizerSpecSchema,
  pieceSchema,
  type TrainerSpec,
  trainerSpecSchema,
} from "./schema.js";

/** What a piece is for. */
export type PieceType = "normal" | "unknown" | "control" | "user-defined" | "unused" | "byte";

/** A piece; its id is its place. */
export interface Piece {
  piece: string;
  /** Unigram: log probability. BPE: the higher, the earlier it is joined. Default 0. */
  score?: number;
  /** Default "normal". */
  type?: PieceType;
}

/** The content of a `.model` file. */
export interface SentencePieceModel {
  pieces: Piece[];
  trainerSpec?: TrainerSpec;
  normalizerSpec?: NormalizerSpec;
  denormalizerSpec?: NormalizerSpec;
  /** Samples for a self-test, as they are in the file. */
  selfTestData?: Uint8Array;
  /** Fields that this package does not know, as they are in the file. */
  unknownFields?: Uint8Array;
}

const MAX_PIECES = 1 << 21;
const types: readonly (PieceType | undefined)[] = [
  undefined,
  "normal",
  "unknown",
  "control",
  "user-defined",
  "unused",
  "byte",
];

/** Reads a `.model` file. Throws SentencePieceError, which names the place, for anything that is not one. */
export function readModel(bytes: Uint8Array): SentencePieceModel {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof SentencePieceError) throw error;
    throw new SentencePieceError(`sentencepiece model: not a protobuf message (${String(error)})`, { cause: error });
  }
}

function read(bytes: Uint8Array): SentencePieceModel {
  const pbf = new PbfReader(bytes);
  const model: SentencePieceModel = { pieces: [] };
  const unknown: Uint8Array[] = [];
  const end = bytes.length;
  readFields(pbf, end, "model", (field, type, start) => {
    if (field === 1 && type === 2) model.pieces.push(readPiece(pbf, end, model.pieces.length));
    else if (field === 2 && type === 2)
      model.trainerSpec = readMessage(pbf, readEnd(pbf, end, "trainerSpec"), trainerSpecSchema, "trainerSpec");
    else if (field === 3 && type === 2)
      model.normalizerSpec = readMessage(
        pbf,
        readEnd(pbf, end, "normalizerSpec"),
        normalizerSpecSchema,
        "normalizerSpec",
      );
    else if (field === 4 && type === 2) model.selfTestData = readValue(pbf, "bytes", end, "selfTestData") as Uint8Array;
    else if (field === 5 && type === 2)
      model.denormalizerSpec = readMessage(
        pbf,
        readEnd(pbf, end, "denormalizerSpec"),
        normalizerSpecSchema,
        "denormalizerSpec",
      );
    else if (field <= 5) fail(`field ${field} must have the wire type 2, got ${type}`);
    else {
      skip(pbf, type, end, "model");
      unknown.push(bytes.subarray(start, pbf.pos));
    }
  });
  if (unknown.length > 0) model.unknownFields = concatenate(unknown);
  return model;
}

function readPiece(pbf: PbfReader, end: number, id: number): Piece {
  if (id === MAX_PIECES) fail(`more than ${MAX_PIECES} pieces`);
  const path = `pieces[${id}]`;
  const { type, ...rest } = readMessage<{ piece?: string; score?: number; type?: number }>(
    pbf,
    readEnd(pbf, end, path),
    pieceSchema,
    path,
  );
  if (rest.piece === undefined) fail(`${path}.piece is missing`);
  const piece: Piece = { ...rest, piece: rest.piece };
  if (type !== undefined) piece.type = types[type] ?? fail(`${path}.type must be 1 to 6, got ${type}`);
  return piece;
}

/** Writes a `.model` file. */
export function writeModel(model: SentencePieceModel): Uint8Array {
  const pbf = new PbfWriter();
  for (const piece of model.pieces) {
    const { type, ...rest } = piece;
    const fields = type === undefined ? rest : { ...rest, type: types.indexOf(type) };
    pbf.writeMessage(1, (message, writer) => writeMessage(writer, message, pieceSchema), fields);
  }
  if (model.trainerSpec)
    pbf.writeMessage(2, (message, writer) => writeMessage(writer, message, trainerSpecSchema), model.trainerSpec);
  if (model.normalizerSpec)
    pbf.writeMessage(3, (message, writer) => writeMessage(writer, message, normalizerSpecSchema), model.normalizerSpec);
  if (model.selfTestData) pbf.writeBytesField(4, model.selfTestData);
  if (model.denormalizerSpec)
    pbf.writeMessage(
      5,
      (message, writer) => writeMessage(writer, message, normalizerSpecSchema),
      model.denormalizerSpec,
    );
  writeRaw(pbf, model.unknownFields);
  return pbf.finish();
}
