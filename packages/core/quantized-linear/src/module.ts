import type { Linear } from "@llm/linear";
import { Module, parameter } from "@llm/module";
import { add, type Tensor, tensor, type Variable } from "@tensorflow/tfjs-core";
import { type Bits, quantize } from "./quantize.js";
import { quantizedLinear } from "./quantized-linear.js";

/** `quantizedLinear` with its levels and scales, and the bias of the layer that it stands for. None of them is trained. */
export class QuantizedLinear extends Module {
  levels: Variable;
  scales: Variable;
  bias?: Variable;
  readonly bits: Bits;

  constructor(levels_OL: Tensor, scales_OB: Tensor, bias_O?: Tensor, bits: Bits = 8) {
    super();
    const trainable = false;
    this.levels = parameter(levels_OL, { trainable });
    this.scales = parameter(scales_OB, { trainable });
    if (bias_O) this.bias = parameter(bias_O, { trainable });
    this.bits = bits;
  }

  /** The layer with its weight quantized; the layer itself is left as it is. */
  static async from(layer: Linear, bits: Bits = 8): Promise<QuantizedLinear> {
    const [out, inDim] = layer.weight.shape as [number, number];
    const { levels, scales } = quantize((await layer.weight.data()) as Float32Array, [out, inDim], bits);
    return new QuantizedLinear(
      tensor(levels, [out, levels.length / out], "int32"),
      tensor(scales, [out, scales.length / out]),
      layer.bias?.clone(),
      bits,
    );
  }

  /** [..., inDim] → [..., outDim] */
  forward(x: Tensor): Tensor {
    const y = quantizedLinear(x, this.levels, this.scales, this.bits);
    return this.bias ? add(y, this.bias) : y;
  }
}
