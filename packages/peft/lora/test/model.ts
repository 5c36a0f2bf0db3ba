import { Linear } from "@llm/linear";
import { Module, parameter } from "@llm/module";
import { Random } from "@llm/random";
import { add, ones, type Tensor, tanh, type Variable } from "@tensorflow/tfjs-core";

/** A block with Hugging Face's names. */
class Block extends Module {
  qProj: Linear;
  vProj: Linear;

  constructor(random: Random) {
    super();
    this.qProj = new Linear({ inDim: 4, outDim: 4, random });
    this.vProj = new Linear({ inDim: 4, outDim: 4, bias: false, random });
  }

  forward(x: Tensor): Tensor {
    return add(x, this.vProj.forward(tanh(this.qProj.forward(x))));
  }
}

/** Two blocks, a parameter of their own, and an output head. */
export class Model extends Module {
  scale: Variable = parameter(ones([4]));
  layers: Block[];
  lmHead: Linear;

  constructor(seed = 1) {
    super();
    const random = new Random(seed);
    this.layers = [new Block(random), new Block(random)];
    this.lmHead = new Linear({ inDim: 4, outDim: 7, bias: false, random });
  }

  forward(x: Tensor): Tensor {
    return this.lmHead.forward(this.layers.reduce((h, layer) => layer.forward(h), x));
  }
}
