import {
  add,
  cast,
  concat,
  floorDiv,
  mul,
  reshape,
  scalar,
  stack,
  sub,
  type Tensor,
  tidy,
} from "@tensorflow/tfjs-core";
import { type Bits, BLOCK } from "./quantize.js";

/**
 * The weight that levels and scales stand for, with arithmetic that each backend has.
 *
 * @param levels_OL int32 [O, I·bits/32]
 * @param scales_OB float32 [O, I/32]
 * @returns float32 [O, I]
 */
export function dequantize(levels_OL: Tensor, scales_OB: Tensor, bits: Bits = 8): Tensor {
  const [rows, blocks] = scales_OB.shape as [number, number];
  return tidy(() => {
    const bytes = reshape(bytesOf(levels_OL), [rows, blocks, (BLOCK * bits) / 8]);
    const levels = bits === 8 ? signed(bytes) : sub(concat([low(bytes, 16), high(bytes, 16)], 2), scalar(8, "int32"));
    return reshape(mul(cast(levels, "float32"), reshape(scales_OB, [rows, blocks, 1])), [rows, blocks * BLOCK]);
  });
}

// Floor division and remainder by a power of two are shift and mask, of negative numbers too.
const high = (x: Tensor, by: number): Tensor => floorDiv(x, scalar(by, "int32"));
const low = (x: Tensor, by: number): Tensor => sub(x, mul(high(x, by), scalar(by, "int32")));

/** The four bytes of each number, lowest first, 0 … 255, along a new last axis. */
function bytesOf(x: Tensor): Tensor {
  const bytes: Tensor[] = [];
  for (let i = 0, rest = x; i < 4; i++, rest = high(rest, 256)) bytes.push(low(rest, 256));
  return stack(bytes, -1);
}

/** Bytes from 128 on are negative: (b + 128) mod 256 − 128. */
function signed(bytes: Tensor): Tensor {
  const half = scalar(128, "int32");
  return sub(low(add(bytes, half), 256), half);
}
