#!/usr/bin/env node

// src/cli.ts
import { Command, CommanderError } from "commander";

// src/backend.ts
import { engine, env, getBackend, ready, setBackend } from "@tensorflow/tfjs-core";

// src/ui/error.ts
var UserError = class extends Error {
  name = "UserError";
};
function describeError(error) {
  if (!(error instanceof Error)) return String(error);
  const system = error.code;
  const hint = system ? hints[system] : void 0;
  const text2 = hint ? `${error.message} (${hint})` : error.message;
  return process.env.LLM_DEBUG ? error.stack ?? text2 : text2;
}
var hints = {
  ENOSPC: "the disk is full; what was saved before is intact",
  EACCES: "permission denied",
  EROFS: "the file system is read-only",
  ENOENT: "there is no such file or folder"
};

// src/backend.ts
var candidates = {
  native: async () => {
    throw new UserError("the backend native is not part of this version; use wasm");
  },
  webgpu: async () => {
    const module = "@tensorflow/tfjs-backend-webgpu";
    const gpu = "webgpu";
    await Promise.all([import(module), import(gpu)]).catch(() => {
      throw new UserError(`the backend webgpu needs the packages ${module} and ${gpu}, and a GPU`);
    });
  },
  wasm: async () => void await import("@tensorflow/tfjs-backend-wasm"),
  cpu: async () => void await import("@tensorflow/tfjs-backend-cpu")
};
async function activateBackend(name) {
  env().set("PROD", true);
  const order2 = name === "auto" ? Object.keys(candidates) : [name];
  for (const candidate of order2) {
    try {
      await candidates[candidate]();
      if (!engine().registryFactory[candidate] || !await setBackend(candidate)) {
        throw new UserError(`the backend ${candidate} could not start on this machine`);
      }
      await ready();
      return getBackend();
    } catch (error) {
      if (name !== "auto") throw error;
    }
  }
  throw new UserError("no backend could start");
}

// src/config/flags.ts
import { InvalidArgumentError, Option } from "commander";

// src/config/resolve.ts
import { readFile } from "fs/promises";
import { closest, distance } from "fastest-levenshtein";
import { parse } from "yaml";
function resolveConfig(schema, layers) {
  const merged = {};
  for (const [source, values] of layers) {
    for (const [key, value] of Object.entries(values)) {
      if (value === void 0) continue;
      if (!Object.hasOwn(schema.shape, key)) throw new UserError(unknownKey(source, key, Object.keys(schema.shape)));
      merged[key] = value;
    }
  }
  const result = schema.safeParse(merged);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message: message2 }) => `${flagOf(String(path[0] ?? ""))}: ${message2}`);
  throw new UserError(problems.join("\n"));
}
async function readConfigFile(path) {
  const text2 = await readFile(path, "utf8").catch((error) => {
    throw new UserError(`cannot read the configuration ${path}: ${error.message}`);
  });
  let values;
  try {
    values = parse(text2);
  } catch (error) {
    throw new UserError(`${path} is neither JSON nor YAML: ${error.message.split("\n")[0]}`);
  }
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    throw new UserError(`${path} must hold settings (key: value), got ${Array.isArray(values) ? "a list" : typeof values}`);
  }
  return values;
}
function flagOf(key) {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
function unknownKey(source, key, known) {
  const nearest = closest(key, known);
  const hint = distance(key, nearest) <= Math.max(2, key.length / 2) ? `did you mean "${nearest}"?` : `known keys: ${known.join(", ")}`;
  return `${source}: unknown key "${key}"; ${hint}`;
}

// src/config/flags.ts
var definitionOf = (schema) => schema.def;
function addFlags(command, shape, heading2) {
  if (heading2) command.optionsGroup(heading2);
  for (const [key, schema] of Object.entries(shape)) {
    const { inner, fallback } = unwrap(schema);
    const { type, entries } = definitionOf(inner);
    const boolean = type === "boolean";
    const option = new Option(`${flagOf(key)}${boolean ? "" : type === "array" ? " <value...>" : " <value>"}`, describe(schema, fallback));
    if (type === "number") option.argParser(parseNumber);
    if (entries) option.choices(Object.keys(entries));
    command.addOption(option);
    if (boolean) command.addOption(new Option(flagOf(key).replace("--", "--no-"), `not ${flagOf(key)}`).hideHelp());
  }
  return command;
}
function unwrap(schema) {
  const { type, innerType, defaultValue } = definitionOf(schema);
  if (type === "default") return { inner: innerType, fallback: defaultValue };
  return type === "optional" ? { inner: innerType } : { inner: schema };
}
function describe(schema, fallback) {
  const text2 = schema.description ?? definitionOf(schema).innerType?.description ?? "";
  return fallback === void 0 ? text2 : `${text2} (default: ${typeof fallback === "string" ? JSON.stringify(fallback) : fallback})`;
}
function parseNumber(text2) {
  const value = Number(text2);
  if (text2.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("expected a number.");
  return value;
}

// src/config/schema.ts
import { z } from "zod";
var whole = (minimum2) => z.number().int().min(minimum2);
var rate = () => z.number().min(0).max(1);
var dataShape = {
  data: z.array(z.string()).min(1).describe("text: files, folders or URLs (txt, md, jsonl, ts, gz), or a folder of `llm data prepare`"),
  field: z.string().optional().describe("field of a JSON Lines record that holds the text"),
  validation: rate().default(0.1).describe("share of the text, at its end, that is held out"),
  validationData: z.array(z.string()).optional().describe("held-out text of its own, instead of the end of the data"),
  tokenizer: z.string().default("bpe").describe("`bpe` or `char` to train one on the data, or a tokenizer.json"),
  vocab: whole(1).default(4096).describe("vocabulary size of a tokenizer that is trained")
};
var modelShape = {
  model: z.enum(["llama", "gpt2"]).default("llama").describe("architecture"),
  layers: whole(1).default(4).describe("Transformer blocks"),
  heads: whole(1).default(4).describe("attention heads"),
  kvHeads: whole(1).optional().describe("key/value heads, for grouped-query attention (llama; default: as many as heads)"),
  dim: whole(1).default(128).describe("width of the model"),
  hiddenDim: whole(1).optional().describe("width of the feed-forward layer (default: the architecture's rule)"),
  context: whole(1).default(128).describe("tokens in a sequence"),
  dropout: rate().default(0).describe("share of activations dropped in training (gpt2)"),
  bias: z.boolean().default(true).describe("biases in linear layers and norms (gpt2)"),
  tied: z.boolean().default(true).describe("input and output embeddings share their weights")
};
var optimizationShape = {
  steps: whole(1).default(1e3).describe("optimizer steps"),
  batch: whole(1).default(8).describe("sequences in a micro-batch"),
  accumulate: whole(1).default(1).describe("micro-batches in a step"),
  learningRate: z.number().positive().default(1e-3).describe("peak learning rate"),
  minLearningRate: z.number().min(0).default(1e-4).describe("learning rate at the end"),
  warmup: whole(0).default(100).describe("steps of linear warm-up"),
  schedule: z.enum(["cosine", "linear", "constant", "wsd"]).default("cosine").describe("learning-rate schedule"),
  weightDecay: z.number().min(0).default(0.1).describe("decoupled weight decay of matrices"),
  beta1: rate().default(0.9).describe("AdamW's first decay"),
  beta2: rate().default(0.95).describe("AdamW's second decay"),
  clip: z.number().positive().default(1).describe("largest global norm of the gradients"),
  seed: z.number().int().default(1337).describe("seed of everything random")
};
var reportingShape = {
  evalEvery: whole(1).default(250).describe("steps between evaluations"),
  evalTokens: whole(1).default(2e4).describe("validation tokens of an evaluation during training"),
  checkpointEvery: whole(1).default(250).describe("steps between checkpoints"),
  keep: whole(1).default(2).describe("newest checkpoints that are kept, beside the best"),
  sampleEvery: whole(0).default(500).describe("steps between sampled texts (0: none)"),
  samplePrompt: z.string().default("\n").describe("prompt of the sampled texts")
};
var backendShape = {
  backend: z.enum(["auto", "native", "webgpu", "wasm", "cpu"]).default("auto").describe("where tensors are computed")
};
var pretrainSchema = z.strictObject({
  ...dataShape,
  ...modelShape,
  ...optimizationShape,
  ...reportingShape,
  ...backendShape
});
var finetuneSchema = z.strictObject({
  base: z.string().describe("what to fine-tune: a run or a Hugging Face folder"),
  data: z.array(z.string()).min(1).describe("conversations: JSON Lines of {messages} or {prompt, completion}"),
  validation: rate().default(0.1).describe("share of the conversations that is held out"),
  validationData: z.array(z.string()).optional().describe("held-out conversations of their own, instead of a share"),
  method: z.enum(["full", "lora"]).default("lora").describe("which parameters learn"),
  rank: whole(1).default(8).describe("rank of LoRA's update"),
  alpha: z.number().positive().default(16).describe("LoRA's scale, divided by the rank"),
  targets: z.array(z.string()).default(["all-linear"]).describe("linear layers that LoRA adapts, by the end of their name"),
  loraDropout: rate().default(0).describe("dropout before LoRA's update"),
  format: z.enum(["plain", "chatml", "llama3"]).default("plain").describe("chat format"),
  context: whole(1).optional().describe("tokens in a sequence (default: the base model's)"),
  ...optimizationShape,
  steps: whole(1).default(200).describe("optimizer steps"),
  learningRate: z.number().positive().default(1e-3).describe("peak learning rate"),
  warmup: whole(0).default(10).describe("steps of linear warm-up"),
  weightDecay: z.number().min(0).default(0).describe("decoupled weight decay of matrices"),
  ...reportingShape,
  sampleEvery: whole(0).default(0).describe("steps between sampled texts (0: none)"),
  ...backendShape
});

// ../../packages/core/ops/src/define-op.ts
import { engine as engine2, getBackend as getBackend2, getKernel as getKernel2 } from "@tensorflow/tfjs-core";

// ../../packages/core/ops/src/gradients/index.ts
import { registerGradient } from "@tensorflow/tfjs-core";

// ../../packages/core/ops/src/wasm.ts
import { getKernel, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";
var FLOAT_BYTES = 4;
var TILE = 32;
var PARAMETERS = ["number", "array", "number", "number", "array", "number", "number", "number", "number"];
var replaced = /* @__PURE__ */ new WeakSet();
function improveWasm() {
  replaceCopies();
  replaceProduct();
}
function replaceCopies() {
  for (const name of ["Identity", "Cast"]) {
    replace(name, (original) => (call) => {
      const { dataId, shape, dtype } = call.inputs.x;
      if (name === "Cast" && call.attrs?.dtype !== dtype) return original(call);
      call.backend.incRef(dataId);
      return { dataId, shape, dtype };
    });
  }
}
function replace(name, wrap) {
  const kernel = getKernel(name, "wasm");
  if (!kernel || replaced.has(kernel.kernelFunc)) return;
  const kernelFunc = wrap(kernel.kernelFunc);
  replaced.add(kernelFunc);
  unregisterKernel(name, "wasm");
  registerKernel({ ...kernel, kernelFunc });
}
function replaceProduct() {
  replace("BatchMatMul", (original) => {
    let multiply;
    return (call) => {
      const backend = call.backend;
      const { a, b } = call.inputs;
      const { transposeA, transposeB } = call.attrs;
      const [p, q] = [batchOf(a), batchOf(b)];
      const known = typeof backend.wasm?.tfjs?.registerTensor === "function" && backend.wasm.HEAPF32 instanceof Float32Array;
      const shapes = p.join() === q.join() || size(p) === 1 || size(q) === 1;
      if (!known || !shapes || size(a.shape) === 0 || size(b.shape) === 0) return original(call);
      multiply ??= backend.wasm.cwrap("BatchMatMul", null, PARAMETERS);
      return product(backend, multiply, a, b, transposeA, transposeB);
    };
  });
}
function product(backend, multiply, a, b, ta, tb) {
  const x = ta ? transposed(backend, a) : a;
  const y = tb ? transposed(backend, b) : b;
  const [xs, ys] = [matrices(backend, x), matrices(backend, y)];
  const batch = xs.count >= ys.count ? batchOf(x) : batchOf(y);
  if (xs.columns !== ys.rows) throw new Error(`matMul: inner dimensions ${xs.columns} and ${ys.rows} differ`);
  const out = backend.makeOutput([...batch, xs.rows, ys.columns], "float32");
  const outs = matrices(backend, out);
  const [xShape, yShape] = [shapeBytes(xs), shapeBytes(ys)];
  for (let i = 0; i < outs.count; i++) {
    const ids = [view(backend, xs, i), view(backend, ys, i), view(backend, outs, i)];
    multiply(ids[0], xShape, 3, ids[1], yShape, 3, 0, 0, ids[2]);
    for (const id2 of ids) backend.wasm.tfjs.disposeData(id2);
  }
  if (ta) backend.disposeData(x.dataId);
  if (tb) backend.disposeData(y.dataId);
  return out;
}
function transposed(backend, x) {
  const { count, rows, columns } = matrices(backend, x);
  const out = backend.makeOutput([...batchOf(x), columns, rows], "float32");
  const heap = backend.wasm.HEAPF32;
  const from = matrices(backend, x).offset / FLOAT_BYTES;
  const to = matrices(backend, out).offset / FLOAT_BYTES;
  for (let start = 0; start < count * rows * columns; start += rows * columns) {
    for (let r0 = 0; r0 < rows; r0 += TILE) {
      const r1 = Math.min(r0 + TILE, rows);
      for (let c0 = 0; c0 < columns; c0 += TILE) {
        const c1 = Math.min(c0 + TILE, columns);
        for (let c = c0; c < c1; c++) {
          const write = to + start + c * rows;
          const read = from + start + c;
          for (let r = r0; r < r1; r++) heap[write + r] = heap[read + r * columns];
        }
      }
    }
  }
  return out;
}
function matrices(backend, x) {
  const [rows, columns] = x.shape.slice(-2);
  return { offset: backend.dataIdMap.get(x.dataId).memoryOffset, count: size(batchOf(x)), rows, columns };
}
function view(backend, { offset, count, rows, columns }, i) {
  const id2 = backend.dataIdNextNumber++;
  const elements = rows * columns;
  backend.wasm.tfjs.registerTensor(id2, elements, offset + (count === 1 ? 0 : i * elements * FLOAT_BYTES));
  return id2;
}
var shapeBytes = ({ rows, columns }) => new Uint8Array(Int32Array.of(1, rows, columns).buffer);
var batchOf = (x) => x.shape.slice(0, -2);
var size = (shape) => shape.reduce((n, d) => n * d, 1);

// ../../packages/core/ops/src/gradients/binary.ts
import {
  add,
  cast,
  div,
  greater,
  greaterEqual,
  lessEqual,
  log,
  mul,
  neg,
  onesLike,
  pow,
  scalar,
  square,
  sub,
  where,
  zerosLike
} from "@tensorflow/tfjs-core";

// ../../packages/core/ops/src/sum-to.ts
import { reshape, sum } from "@tensorflow/tfjs-core";
function sumTo(dy, shape) {
  const lead = dy.rank - shape.length;
  const axes = dy.shape.flatMap((d, i) => i < lead || shape[i - lead] === 1 && d !== 1 ? [i] : []);
  const summed = axes.length > 0 ? sum(dy, axes) : dy;
  return reshape(summed, shape);
}

// ../../packages/core/ops/src/gradients/binary.ts
function binary(kernelName, da, db, outputsToSave = [false]) {
  return {
    kernelName,
    inputsToSave: ["a", "b"],
    outputsToSave,
    gradFunc: (dy, saved) => {
      const [a, b, y] = saved;
      return { a: () => sumTo(da(dy, a, b, y), a.shape), b: () => sumTo(db(dy, a, b, y), b.shape) };
    }
  };
}
var float = (x) => x.dtype === "float32" ? x : cast(x, "float32");
var indicator = (condition) => cast(condition, "float32");
var binaryGradients = [
  binary(
    "Add",
    (dy) => dy,
    (dy) => dy
  ),
  binary(
    "Sub",
    (dy) => dy,
    (dy) => neg(dy)
  ),
  binary(
    "Multiply",
    (dy, _, b) => mul(dy, cast(b, "float32")),
    (dy, a) => mul(dy, cast(a, "float32"))
  ),
  binary(
    "RealDiv",
    (dy, _, b) => div(dy, b),
    (dy, a, b) => neg(div(mul(dy, a), square(b)))
  ),
  binary(
    "SquaredDifference",
    (dy, a, b) => mul(dy, mul(sub(a, b), 2)),
    (dy, a, b) => mul(dy, mul(sub(b, a), 2))
  ),
  // Equal values share the gradient with the first side, as tfjs does.
  binary(
    "Maximum",
    (dy, a, b) => mul(dy, indicator(greaterEqual(a, b))),
    (dy, a, b) => mul(dy, indicator(greater(b, a)))
  ),
  binary(
    "Minimum",
    (dy, a, b) => mul(dy, indicator(lessEqual(a, b))),
    (dy, a, b) => mul(dy, indicator(greater(a, b)))
  ),
  binary(
    "Pow",
    (dy, a, b) => mul(dy, mul(float(b), pow(a, sub(b, scalar(1, b.dtype))))),
    // a^b·ln a, with the limit 0 at a = 0.
    (dy, a, _, y) => mul(dy, mul(y, where(greater(a, 0), log(where(greater(a, 0), a, onesLike(a))), zerosLike(a)))),
    [true]
  ),
  {
    kernelName: "Select",
    inputsToSave: ["condition"],
    gradFunc: (dy, [condition]) => ({
      condition: () => cast(zerosLike(condition), "float32"),
      t: () => where(condition, dy, zerosLike(dy)),
      e: () => where(condition, zerosLike(dy), dy)
    })
  },
  {
    kernelName: "AddN",
    saveAllInputs: true,
    gradFunc: (dy, saved) => Object.fromEntries(saved.map((_, i) => [i, () => add(dy, 0)]))
  }
];

// ../../packages/core/ops/src/gradients/elementwise.ts
import {
  add as add2,
  cast as cast2,
  cos,
  div as div2,
  exp,
  greaterEqual as greaterEqual2,
  lessEqual as lessEqual2,
  logicalAnd,
  mul as mul2,
  neg as neg2,
  scalar as scalar2,
  sigmoid,
  sign,
  sin,
  sqrt,
  square as square2,
  step,
  sub as sub2,
  zerosLike as zerosLike2
} from "@tensorflow/tfjs-core";
var fromInput = (kernelName, gradient2) => ({
  kernelName,
  inputsToSave: ["x"],
  gradFunc: (dy, [x]) => ({ x: () => gradient2(dy, x) })
});
var fromOutput = (kernelName, gradient2) => ({
  kernelName,
  outputsToSave: [true],
  gradFunc: (dy, [y]) => ({ x: () => gradient2(dy, y) })
});
var one = () => scalar2(1);
var elementwiseGradients = [
  fromInput("Abs", (dy, x) => mul2(dy, sign(x))),
  fromInput("Cos", (dy, x) => neg2(mul2(dy, sin(x)))),
  fromInput("Erf", (dy, x) => mul2(dy, mul2(exp(neg2(square2(x))), 2 / Math.sqrt(Math.PI)))),
  fromOutput("Exp", (dy, y) => mul2(dy, y)),
  fromInput("Log", (dy, x) => div2(dy, x)),
  fromInput("Log1p", (dy, x) => div2(dy, add2(x, one()))),
  { kernelName: "Neg", gradFunc: (dy) => ({ x: () => neg2(dy) }) },
  fromOutput("Reciprocal", (dy, y) => neg2(mul2(dy, square2(y)))),
  fromInput("Relu", (dy, x) => mul2(dy, step(x))),
  fromOutput("Rsqrt", (dy, y) => mul2(dy, mul2(mul2(y, square2(y)), -0.5))),
  fromOutput("Sigmoid", (dy, y) => mul2(dy, mul2(y, sub2(one(), y)))),
  fromInput("Sin", (dy, x) => mul2(dy, cos(x))),
  fromInput("Softplus", (dy, x) => mul2(dy, sigmoid(x))),
  fromInput("Sqrt", (dy, x) => div2(dy, mul2(sqrt(x), 2))),
  fromInput("Square", (dy, x) => mul2(dy, mul2(x, 2))),
  fromOutput("Tanh", (dy, y) => mul2(dy, sub2(one(), square2(y)))),
  {
    kernelName: "ClipByValue",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => {
      const { clipValueMin, clipValueMax } = attrs;
      const inside = () => logicalAnd(greaterEqual2(x, clipValueMin), lessEqual2(x, clipValueMax));
      return { x: () => mul2(dy, cast2(inside(), "float32")) };
    }
  },
  // Steps have derivative zero almost everywhere.
  ...["Step", "Sign", "Floor", "Ceil", "Round", "ZerosLike", "OnesLike"].map(
    (kernelName) => ({ kernelName, gradFunc: (dy) => ({ x: () => zerosLike2(dy) }) })
  )
];

// ../../packages/core/ops/src/gradients/gather.ts
import { reshape as reshape2, scatterND, transpose } from "@tensorflow/tfjs-core";
function scatterAdd(indices, updates, count) {
  const rows = indices.size;
  const width = updates.size / Math.max(1, rows);
  const flat = scatterND(reshape2(indices, [rows, 1]), reshape2(updates, [rows, width]), [count, width]);
  return reshape2(flat, [count, ...updates.shape.slice(indices.rank)]);
}
var gatherGradients = [
  {
    kernelName: "GatherV2",
    inputsToSave: ["x", "indices"],
    gradFunc: (dy, saved, attrs) => {
      const [x, indices] = saved;
      const { axis: given, batchDims } = attrs;
      if (batchDims) throw new Error("gather: no gradient with batchDims; gather without them, or along axis 0");
      const axis = given < 0 ? given + x.rank : given;
      return {
        indices: () => {
          throw new Error("gather: indices have no gradient");
        },
        x: () => {
          const d = dy;
          const gathered = Array.from({ length: indices.rank }, (_, i) => axis + i);
          const others = Array.from({ length: d.rank }, (_, i) => i).filter((i) => !gathered.includes(i));
          const front = axis === 0 ? d : transpose(d, [...gathered, ...others]);
          const table = scatterAdd(indices, front, x.shape[axis]);
          if (axis === 0) return table;
          const order2 = x.shape.map((_, i) => i === axis ? 0 : i < axis ? i + 1 : i);
          return transpose(table, order2);
        }
      };
    }
  }
];

// ../../packages/core/ops/src/gradients/product.ts
import { matMul } from "@tensorflow/tfjs-core";
var productGradients = [
  {
    kernelName: "BatchMatMul",
    inputsToSave: ["a", "b"],
    gradFunc: (dc, saved, attrs) => {
      const [a, b] = saved;
      const dy = dc;
      const { transposeA: ta, transposeB: tb } = attrs;
      return {
        a: () => sumTo(ta ? matMul(b, dy, tb, true) : matMul(dy, b, false, !tb), a.shape),
        b: () => sumTo(tb ? matMul(dy, a, true, ta) : matMul(a, dy, !ta, false), b.shape)
      };
    }
  }
];

// ../../packages/core/ops/src/gradients/reduce.ts
import {
  add as add3,
  cast as cast3,
  div as div3,
  equal,
  mul as mul3,
  reshape as reshape3,
  sub as sub3,
  sum as sum2,
  zeros
} from "@tensorflow/tfjs-core";
function axesOf(attrs, rank) {
  const { axis, reductionIndices } = attrs;
  const given = axis ?? reductionIndices ?? Array.from({ length: rank }, (_, i) => i);
  return (Array.isArray(given) ? given : [given]).map((a) => a < 0 ? a + rank : a);
}
var kept = (shape, axes) => shape.map((d, i) => axes.includes(i) ? 1 : d);
var spread = (x, shape) => add3(x, zeros(shape));
function extremum(kernelName) {
  return {
    kernelName,
    inputsToSave: ["x"],
    outputsToSave: [true],
    gradFunc: (dy, [input, output], attrs) => ({
      x: () => {
        const x = input;
        const shape = kept(x.shape, axesOf(attrs, x.rank));
        const winners = cast3(equal(x, reshape3(output, shape)), "float32");
        return mul3(winners, reshape3(dy, shape));
      }
    })
  };
}
var reduceGradients = [
  {
    kernelName: "Sum",
    inputsToSave: ["x"],
    gradFunc: (dy, [input], attrs) => {
      const x = input;
      return { x: () => spread(reshape3(dy, kept(x.shape, axesOf(attrs, x.rank))), x.shape) };
    }
  },
  {
    kernelName: "Mean",
    inputsToSave: ["x"],
    gradFunc: (dy, [input], attrs) => {
      const x = input;
      const axes = axesOf(attrs, x.rank);
      const count = axes.reduce((n, a) => n * x.shape[a], 1);
      return { x: () => spread(div3(reshape3(dy, kept(x.shape, axes)), count), x.shape) };
    }
  },
  extremum("Max"),
  extremum("Min"),
  {
    // dx = y ⊙ (dy − Σ dy ⊙ y)
    kernelName: "Softmax",
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({
      logits: () => {
        const weighted = mul3(dy, y);
        return sub3(weighted, mul3(sum2(weighted, -1, true), y));
      }
    })
  }
];

// ../../packages/core/ops/src/gradients/shape.ts
import {
  cast as cast4,
  clone,
  concat,
  cumsum,
  pad,
  reshape as reshape4,
  reverse,
  slice,
  split,
  stack,
  sum as sum3,
  transpose as transpose2,
  unstack
} from "@tensorflow/tfjs-core";
var back = (kernelName) => ({
  kernelName,
  inputsToSave: ["x"],
  gradFunc: (dy, [x]) => ({ x: () => reshape4(dy, x.shape) })
});
var shapeGradients = [
  { kernelName: "Identity", gradFunc: (dy) => ({ x: () => clone(dy) }) },
  { kernelName: "Cast", gradFunc: (dy) => ({ x: () => cast4(dy, "float32") }) },
  back("Reshape"),
  {
    kernelName: "ExpandDims",
    inputsToSave: ["input"],
    gradFunc: (dy, [x]) => ({ input: () => reshape4(dy, x.shape) })
  },
  {
    kernelName: "Transpose",
    gradFunc: (dy, _, attrs) => {
      const { perm } = attrs;
      return {
        x: () => transpose2(
          dy,
          perm.map((_2, i) => perm.indexOf(i))
        )
      };
    }
  },
  {
    kernelName: "Concat",
    saveAllInputs: true,
    gradFunc: (dy, saved, attrs) => {
      const axis = normal(attrs.axis, dy.rank);
      const parts = split(
        dy,
        saved.map((x) => x.shape[axis]),
        axis
      );
      return Object.fromEntries(parts.map((part, i) => [i, () => clone(part)]));
    }
  },
  {
    kernelName: "SplitV",
    gradFunc: (dy, _, attrs) => ({ x: () => concat(list(dy), attrs.axis) })
  },
  {
    kernelName: "Pack",
    saveAllInputs: true,
    gradFunc: (dy, _, attrs) => {
      const parts = unstack(dy, attrs.axis);
      return Object.fromEntries(parts.map((part, i) => [i, () => clone(part)]));
    }
  },
  {
    kernelName: "Unpack",
    gradFunc: (dy, _, attrs) => ({ value: () => stack(list(dy), attrs.axis) })
  },
  {
    kernelName: "Slice",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => {
      const { begin } = attrs;
      const around = x.shape.map((d, i) => {
        const start = begin[i] ?? 0;
        return [start, d - start - dy.shape[i]];
      });
      return { x: () => pad(dy, around) };
    }
  },
  {
    kernelName: "PadV2",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => {
      const { paddings } = attrs;
      return {
        x: () => slice(
          dy,
          paddings.map(([before]) => before),
          x.shape
        )
      };
    }
  },
  {
    kernelName: "Tile",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => {
      const { reps } = attrs;
      const { shape } = x;
      const folded = shape.flatMap((d, i) => [reps[i], d]);
      const axes = shape.map((_, i) => 2 * i);
      return { x: () => reshape4(sum3(reshape4(dy, folded), axes), shape) };
    }
  },
  {
    kernelName: "Reverse",
    gradFunc: (dy, _, attrs) => ({ x: () => reverse(dy, attrs.dims) })
  },
  {
    kernelName: "Cumsum",
    gradFunc: (dy, _, attrs) => {
      const {
        axis,
        exclusive,
        reverse: reversed
      } = attrs;
      return { x: () => cumsum(dy, axis, exclusive, !reversed) };
    }
  }
];
var normal = (axis, rank) => axis < 0 ? axis + rank : axis;
var list = (dy) => Array.isArray(dy) ? dy : [dy];

// ../../packages/core/ops/src/gradients/index.ts
var all = [
  ...binaryGradients,
  ...elementwiseGradients,
  ...gatherGradients,
  ...productGradients,
  ...reduceGradients,
  ...shapeGradients
];
var registered = false;
function registerGradients() {
  improveWasm();
  if (registered) return;
  registered = true;
  for (const gradient2 of all) registerGradient(gradient2);
}

// ../../packages/core/ops/src/define-op.ts
function defineOp({
  contract,
  composite: composite3
}) {
  return (inputs, attrs) => {
    if (!hasKernel(contract.name)) {
      registerGradients();
      return composite3(inputs, attrs);
    }
    const present = Object.fromEntries(Object.entries(inputs).filter(([, tensor13]) => tensor13));
    return runFused(contract, present, attrs);
  };
}
function hasKernel(name) {
  return getKernel2(name, getBackend2()) !== void 0;
}
function runFused(contract, inputs, attrs) {
  let names = [];
  const out = engine2().runKernelFunc({
    forwardFunc: (_, save2) => {
      const result = engine2().runKernel(contract.name, inputs, attrs);
      const outputs = Array.isArray(result) ? result : [result];
      const known = { ...inputs };
      for (const [i, name] of ["value", ...contract.statistics ?? []].entries()) known[name] = outputs[i];
      names = contract.saved.filter((name) => known[name]);
      save2(names.map((name) => known[name]));
      return outputs;
    },
    backwardsFunc: (dy, saved) => {
      const needed = { dy: Array.isArray(dy) ? dy[0] : dy };
      for (const [i, name] of names.entries()) needed[name] = saved[i];
      const grads = engine2().runKernel(`${contract.name}Grad`, needed, attrs);
      const list2 = Array.isArray(grads) ? grads : [grads];
      return Object.fromEntries(contract.differentiable.map((name, i) => [name, () => list2[i]]));
    },
    inputs,
    attrs
  });
  const [value, ...statistics] = out;
  for (const statistic of statistics) statistic.dispose();
  return value;
}

// ../../packages/core/ops/src/differentiate.ts
import { add as add4, clone as clone2, engine as engine3, keep, ones, Tensor, tidy } from "@tensorflow/tfjs-core";
function valueAndGrads(f, parameters) {
  const trainable = [...parameters].filter(([, variable3]) => variable3.trainable);
  if (trainable.length === 0) throw new Error("valueAndGrads: no trainable parameters were given");
  const { value, grads } = differentiate(
    f,
    trainable.map(([, variable3]) => variable3)
  );
  if (value.rank !== 0) {
    throw new Error(`valueAndGrads: f must return a scalar, got shape [${value.shape}]; average or sum it first`);
  }
  const named = /* @__PURE__ */ new Map();
  trainable.forEach(([name], i) => {
    const grad = grads[i];
    if (grad) named.set(name, grad);
  });
  if (named.size === 0) throw new Error("valueAndGrads: the value depends on none of the trainable parameters");
  return { value, grads: named };
}
function differentiate(f, xs, dy) {
  registerGradients();
  const tape = engine3();
  if (tape.state.gradientDepth > 0) return engine3().gradients(f, xs, dy, true);
  const outer = tape.state.activeTape;
  let nodes = [];
  tape.startTape();
  try {
    const value = tidy(f);
    nodes = tape.state.activeTape ?? [];
    if (!(value instanceof Tensor)) throw new Error("gradients: f must return a tensor, synchronously");
    tape.endTape();
    return { value, grads: tidy(() => walkBack(nodes, xs, value, dy)) };
  } catch (error) {
    if (tape.state.gradientDepth > 0) tape.endTape();
    throw error;
  } finally {
    for (const node of nodes.length > 0 ? nodes : tape.state.activeTape ?? []) release(node.saved);
    tape.state.activeTape = outer;
  }
}
function walkBack(nodes, xs, value, dy) {
  const wanted = new Set(xs.map((x) => x.id));
  const influenced = reachableFrom(nodes, wanted);
  const gradient2 = /* @__PURE__ */ new Map([[value.id, keep(dy ? clone2(dy) : ones(value.shape))]]);
  for (const node of nodes.reverse()) {
    const dys = node.outputs.map((output) => gradient2.get(output.id) ?? null);
    const inputs = Object.entries(node.inputs).filter(([, input]) => influenced.has(input.id));
    if (inputs.length > 0 && dys.some((d) => d !== null)) {
      for (const [id2, dx] of nodeGradients(node, inputs, dys)) accumulate(gradient2, id2, dx);
    }
    for (const output of node.outputs) {
      if (wanted.has(output.id)) continue;
      gradient2.get(output.id)?.dispose();
      gradient2.delete(output.id);
    }
    release(node.saved);
  }
  const grads = xs.map((x) => gradient2.get(x.id));
  for (const [id2, tensor13] of gradient2) if (!wanted.has(id2)) tensor13.dispose();
  const results = grads.map((grad) => grad && clone2(grad));
  for (const grad of new Set(grads)) grad?.dispose();
  return results;
}
function reachableFrom(nodes, wanted) {
  const reached = new Set(wanted);
  for (const node of nodes) {
    if (!Object.values(node.inputs).some((input) => reached.has(input.id))) continue;
    for (const output of node.outputs) reached.add(output.id);
  }
  return reached;
}
function nodeGradients(node, inputs, dys) {
  const { gradient: gradient2, kernelName } = node;
  if (!gradient2) throw new Error(`gradients: no gradient is registered for the op ${kernelName}`);
  return tidy(() => {
    const byName = gradient2(dys);
    return inputs.map(([name, input]) => {
      const dx = byName[name]?.();
      if (!dx) throw new Error(`gradients: ${kernelName} has no gradient for its input "${name}"`);
      if (dx.shape.join() !== input.shape.join()) {
        throw new Error(
          `gradients: ${kernelName} returned shape [${dx.shape}] for "${name}" of shape [${input.shape}]`
        );
      }
      return [input.id, keep(dys.includes(dx) || node.saved.includes(dx) ? clone2(dx) : dx)];
    });
  });
}
function accumulate(gradient2, id2, dx) {
  const sum6 = gradient2.get(id2);
  if (!sum6) {
    gradient2.set(id2, dx);
    return;
  }
  gradient2.set(id2, keep(add4(sum6, dx)));
  sum6.dispose();
  dx.dispose();
}
function release(saved) {
  for (const tensor13 of saved) tensor13.dispose();
  saved.length = 0;
}

// ../../packages/core/ops/src/product.ts
import { broadcastTo, matMul as matMul2, reshape as reshape5 } from "@tensorflow/tfjs-core";
function product2(a, b, transposeA = false, transposeB = false) {
  registerGradients();
  checkShapes(a, b, transposeA, transposeB);
  if (a.rank === 2 || b.rank > 2 || transposeA) return matMul2(...expand(a, b), transposeA, transposeB);
  const k = a.shape[a.rank - 1];
  const rows = a.shape.slice(0, -1).reduce((n, d) => n * d, 1);
  const tall = matMul2(reshape5(a, [rows, k]), b, false, transposeB);
  return reshape5(tall, [...a.shape.slice(0, -1), tall.shape[1]]);
}
function expand(a, b) {
  const [p, q] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const single = (shape) => shape.every((d) => d === 1);
  if (p.join() === q.join() || single(p) || single(q)) return [a, b];
  const rank = Math.max(p.length, q.length);
  const at = (shape, i) => shape[shape.length - rank + i] ?? 1;
  const batch = Array.from({ length: rank }, (_, i) => at(p, i) === 1 ? at(q, i) : at(p, i));
  const to = (x) => broadcastTo(x, [...batch, ...x.shape.slice(-2)]);
  return [to(a), to(b)];
}
function checkShapes(a, b, transposeA, transposeB) {
  const text2 = `[${a.shape}]${transposeA ? "\u1D40" : ""} \xB7 [${b.shape}]${transposeB ? "\u1D40" : ""}`;
  if (a.rank < 2 || b.rank < 2) throw new Error(`product: both sides need at least 2 dimensions, got ${text2}`);
  const inner = [a.shape.at(transposeA ? -2 : -1), b.shape.at(transposeB ? -1 : -2)];
  if (inner[0] !== inner[1]) throw new Error(`product: inner dimensions ${inner[0]} and ${inner[1]} differ in ${text2}`);
  for (let i = 3; i <= Math.min(a.rank, b.rank); i++) {
    const [p, q] = [a.shape.at(-i), b.shape.at(-i)];
    if (p !== q && p !== 1 && q !== 1) {
      throw new Error(`product: batch dimensions ${p} and ${q} do not broadcast in ${text2}`);
    }
  }
}

// ../../packages/training/adamw/src/adamw.ts
import { engine as engine4, keep as keep2, scalar as scalar3, tidy as tidy3, variable, zeros as zeros2 } from "@tensorflow/tfjs-core";

// ../../packages/training/adamw/src/adamw-update.ts
import { add as add5, div as div4, mul as mul4, sqrt as sqrt2, square as square3, sub as sub4, tidy as tidy2 } from "@tensorflow/tfjs-core";
function adamWUpdate({ parameter: parameter2, grad, m, v }, { lr, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0.01, step: step2 }) {
  if (!Number.isInteger(step2) || step2 < 1) throw new RangeError(`adamWUpdate: step counts from 1, got ${step2}`);
  for (const [name, tensor13] of Object.entries({ grad, m, v })) {
    if (tensor13.shape.join() !== parameter2.shape.join()) {
      throw new Error(
        `adamWUpdate: ${name} must have the parameter's shape [${parameter2.shape}], got [${tensor13.shape}]`
      );
    }
  }
  return tidy2(() => {
    const nextM = tidy2(() => add5(mul4(m, beta1), mul4(grad, 1 - beta1)));
    const nextV = tidy2(() => add5(mul4(v, beta2), mul4(square3(grad), 1 - beta2)));
    const correction = Math.sqrt(1 - beta2 ** step2);
    const stepSize = lr * correction / (1 - beta1 ** step2);
    const change = tidy2(() => mul4(div4(nextM, add5(sqrt2(nextV), eps * correction)), stepSize));
    const kept2 = lr * weightDecay === 0 ? parameter2 : mul4(parameter2, 1 - lr * weightDecay);
    return { parameter: sub4(kept2, change), m: nextM, v: nextV };
  });
}

// ../../packages/training/adamw/src/contract.ts
var adamWContract = { name: "AdamW", differentiable: [], saved: [] };

// ../../packages/training/adamw/src/adamw.ts
var AdamW = class {
  #parameters;
  #config;
  #slots = /* @__PURE__ */ new Map();
  #counters = [];
  constructor(parameters, {
    beta1 = 0.9,
    beta2 = 0.999,
    eps = 1e-8,
    weightDecay = 0.01,
    decay = (_, parameter2) => parameter2.rank >= 2
  } = {}) {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
      throw new RangeError(`AdamW: beta1 and beta2 must be at least 0 and below 1, got ${beta1} and ${beta2}`);
    }
    if (!(eps >= 0 && weightDecay >= 0)) {
      throw new RangeError(`AdamW: eps and weightDecay must not be negative, got ${eps} and ${weightDecay}`);
    }
    this.#parameters = parameters;
    this.#config = { beta1, beta2, eps, weightDecay, decay };
  }
  /**
   * Updates each parameter that has a gradient and is trainable; the others, and their state, stay as they are.
   *
   * @param grads by parameter name; not disposed
   * @param lr learning rate of this step
   * @throws Error for a gradient of an unknown parameter or of another shape; nothing is changed then
   */
  step(grads, lr) {
    if (!(lr >= 0 && Number.isFinite(lr))) throw new RangeError(`AdamW: lr must be a number from 0, got ${lr}`);
    for (const [name, grad] of grads) this.#check(name, grad.shape);
    const jobs = [...grads].flatMap(([name, grad]) => {
      const parameter2 = this.#parameters.get(name);
      return parameter2.trainable ? [{ name, parameter: parameter2, grad, slot: this.#slot(name, parameter2) }] : [];
    });
    for (const { slot } of jobs) slot.step += 1;
    if (jobs.length === 0) return;
    if (hasKernel(adamWContract.name)) this.#fused(jobs, lr);
    else for (const job of jobs) this.#update(job, lr);
  }
  /**
   * The state by name: `exp_avg.<name>`, `exp_avg_sq.<name>` and the int32 scalar `step.<name>` of each parameter that
   * was ever updated. The tensors belong to the optimizer; the counts hold until the next call.
   */
  stateDict() {
    this.#dropCounters();
    const state = /* @__PURE__ */ new Map();
    for (const [name, { m, v, step: step2 }] of this.#slots) {
      const counter3 = keep2(scalar3(step2, "int32"));
      this.#counters.push(counter3);
      state.set(`exp_avg.${name}`, m).set(`exp_avg_sq.${name}`, v).set(`step.${name}`, counter3);
    }
    return state;
  }
  /**
   * Continues exactly where `stateDict` was taken. Parameters that are not in the state begin anew.
   *
   * @param state not disposed
   * @throws Error listing what is unknown, incomplete or of another shape; nothing is changed then
   */
  loadStateDict(state) {
    const names = checkState(state, this.#parameters);
    this.dispose();
    for (const name of names) {
      const slot = this.#slot(name, this.#parameters.get(name));
      slot.m.assign(state.get(`exp_avg.${name}`));
      slot.v.assign(state.get(`exp_avg_sq.${name}`));
      slot.step = state.get(`step.${name}`).dataSync()[0];
    }
  }
  /** Frees the moments. The optimizer can be used again, from zero. */
  dispose() {
    this.#dropCounters();
    for (const { m, v } of this.#slots.values()) {
      m.dispose();
      v.dispose();
    }
    this.#slots.clear();
  }
  #update({ name, parameter: parameter2, grad, slot }, lr) {
    tidy3(() => {
      const { decay, ...numbers } = this.#config;
      const weightDecay = decay(name, parameter2) ? numbers.weightDecay : 0;
      const next2 = adamWUpdate(
        { parameter: parameter2, grad, m: slot.m, v: slot.v },
        { ...numbers, weightDecay, lr, step: slot.step }
      );
      parameter2.assign(next2.parameter);
      slot.m.assign(next2.m);
      slot.v.assign(next2.v);
    });
  }
  /** All parameters in one call of the backend's kernel. */
  #fused(jobs, lr) {
    const { beta1, beta2, eps, weightDecay, decay } = this.#config;
    const targets = [
      ...jobs.map((job) => job.parameter),
      ...jobs.map((job) => job.slot.m),
      ...jobs.map((job) => job.slot.v)
    ];
    const attrs = {
      lr,
      beta1,
      beta2,
      eps,
      weightDecay: jobs.map(({ name, parameter: parameter2 }) => decay(name, parameter2) ? weightDecay : 0),
      step: jobs.map((job) => job.slot.step)
    };
    tidy3(() => {
      const inputs = [...targets, ...jobs.map((job) => job.grad)];
      const next2 = engine4().runKernel(adamWContract.name, inputs, attrs);
      targets.forEach((target, i) => void target.assign(next2[i]));
    });
  }
  #slot(name, parameter2) {
    let slot = this.#slots.get(name);
    if (!slot) {
      const zero = () => tidy3(() => variable(zeros2(parameter2.shape), false));
      slot = { m: zero(), v: zero(), step: 0 };
      this.#slots.set(name, slot);
    }
    return slot;
  }
  #check(name, shape) {
    const parameter2 = this.#parameters.get(name);
    if (!parameter2) throw new Error(`AdamW: there is a gradient of "${name}", which is not among the parameters`);
    if (parameter2.shape.join() !== shape.join()) {
      throw new Error(`AdamW: the gradient of ${name} must have shape [${parameter2.shape}], got [${shape}]`);
    }
  }
  #dropCounters() {
    for (const counter3 of this.#counters) counter3.dispose();
    this.#counters = [];
  }
};
var kinds = ["exp_avg", "exp_avg_sq", "step"];
function checkState(state, parameters) {
  const names = /* @__PURE__ */ new Set();
  const problems = [];
  for (const key of state.keys()) {
    const kind = kinds.find((prefix) => key.startsWith(`${prefix}.`));
    const name = key.slice((kind?.length ?? -1) + 1);
    if (kind && parameters.has(name)) names.add(name);
    else problems.push(`unknown ${key}`);
  }
  for (const name of names) {
    for (const kind of kinds) {
      const tensor13 = state.get(`${kind}.${name}`);
      const shape = kind === "step" ? [] : parameters.get(name).shape;
      if (!tensor13) problems.push(`missing ${kind}.${name}`);
      else if (tensor13.shape.join() !== shape.join()) {
        problems.push(`${kind}.${name} has shape [${tensor13.shape}], expected [${shape}]`);
      }
    }
  }
  if (problems.length === 0) return [...names];
  const more = problems.length > 8 ? `; and ${problems.length - 8} more` : "";
  throw new Error(`AdamW.loadStateDict: ${problems.slice(0, 8).join("; ")}${more}`);
}

// ../../packages/core/random/src/philox.ts
var M0 = 3528531795;
var M1 = 3449720151;
var W0 = 2654435769;
var W1 = 3144134277;
function high(a, b) {
  const [ah, al, bh, bl] = [a >>> 16, a & 65535, b >>> 16, b & 65535];
  const middle = ah * bl + (al * bl >>> 16);
  const low = (middle & 65535) + al * bh;
  return ah * bh + Math.floor(middle / 65536) + Math.floor(low / 65536) >>> 0;
}
function philox(counter3, key, out = new Uint32Array(4)) {
  let [c0, c1, c2, c3] = counter3;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const h0 = high(M0, c0);
    const l0 = Math.imul(M0, c0) >>> 0;
    const h1 = high(M1, c2);
    const l1 = Math.imul(M1, c2) >>> 0;
    c0 = (h1 ^ c1 ^ k0) >>> 0;
    c1 = l1;
    c2 = (h0 ^ c3 ^ k1) >>> 0;
    c3 = l0;
    k0 = k0 + W0 >>> 0;
    k1 = k1 + W1 >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  return out;
}

// ../../packages/core/random/src/random.ts
var Random = class _Random {
  #key = new Uint32Array(2);
  #position = 0;
  #counter = new Uint32Array(4);
  #block = new Uint32Array(4);
  #blockIndex = -1;
  /** @param seed a number, or several (all of them count) */
  constructor(seed) {
    for (const part of typeof seed === "number" ? [seed] : seed) this.#absorb(part);
  }
  /** The stream at the position that `state()` described. */
  static from(state) {
    const random = new _Random([]);
    random.#key.set(state.key);
    random.#position = state.position;
    return random;
  }
  /** Where the stream stands; `Random.from` continues from there. */
  state() {
    return { key: [this.#key[0], this.#key[1]], position: this.#position };
  }
  /** An independent stream named by `labels`. Does not advance this one. */
  fork(...labels) {
    const child = new _Random([]);
    child.#key.set(this.#key);
    for (const label of labels) child.#absorb(label);
    return child;
  }
  /** A whole number, uniform over [0, 2³²). */
  uint32() {
    const index = Math.floor(this.#position / 4);
    if (index !== this.#blockIndex) {
      this.#counter[0] = index;
      this.#counter[1] = index / 2 ** 32;
      philox(this.#counter, this.#key, this.#block);
      this.#blockIndex = index;
    }
    return this.#block[this.#position++ % 4];
  }
  /** Uniform over [0, 1), 24 random bits: every value is exact in float32. */
  uniform() {
    return (this.uint32() >>> 8) / 2 ** 24;
  }
  /** Standard normal, by Box and Muller; draws two words. */
  normal() {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }
  /**
   * A whole number, uniform over [0, n), without bias.
   * @throws RangeError unless n is a whole number from 1 to 2³²
   */
  integer(n) {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) throw new RangeError(`integer: n must be 1 \u2026 2^32, got ${n}`);
    const limit = 2 ** 32 - 2 ** 32 % n;
    for (; ; ) {
      const word = this.uint32();
      if (word < limit) return word % n;
    }
  }
  /** The numbers 0 … n−1 in random order (Fisher and Yates). */
  permutation(n) {
    const order2 = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [order2[i], order2[j]] = [order2[j], order2[i]];
    }
    return order2;
  }
  /** Fills the array with `uniform()`, and returns it. */
  fillUniform(values) {
    for (let i = 0; i < values.length; i++) values[i] = this.uniform();
    return values;
  }
  /** Fills the array with `normal()`, and returns it. */
  fillNormal(values) {
    for (let i = 0; i < values.length; i++) values[i] = this.normal();
    return values;
  }
  /** Mixes a label into the key: one Philox block a 64-bit word, with text and numbers kept apart. */
  #absorb(label) {
    for (const [kind, low, top] of words(label)) {
      philox(Uint32Array.of(kind, low, top, 0), this.#key, this.#block);
      this.#key[0] = this.#block[0];
      this.#key[1] = this.#block[1];
    }
    this.#blockIndex = -1;
  }
};
function* words(label) {
  if (typeof label === "number") {
    const bits = new Uint32Array(Float64Array.of(label).buffer);
    yield [1, bits[0], bits[1]];
    return;
  }
  for (const letter of label) yield [2, letter.codePointAt(0), 0];
  yield [3, label.length, 0];
}

// ../../packages/core/random/src/scope.ts
var scope;
function withRandom(random, f) {
  const outer = scope;
  scope = random;
  try {
    return f();
  } finally {
    scope = outer;
  }
}
function currentRandom() {
  if (!scope) {
    throw new Error("currentRandom: no random scope is open; wrap the call in withRandom(new Random(seed), () => \u2026)");
  }
  return scope;
}

// ../../packages/training/trainer/src/evaluate.ts
import { tidy as tidy4 } from "@tensorflow/tfjs-core";
async function evaluate({
  batches,
  loss,
  weight
}) {
  let [sum6, count] = [0, 0];
  for (const batch of batches) {
    const n = weight(batch);
    if (n === 0) continue;
    const value = tidy4(() => loss(batch));
    sum6 += (await value.data())[0] * n;
    count += n;
    value.dispose();
  }
  if (count === 0) throw new Error("evaluate: there is no target to evaluate; the data is empty or all masked");
  return { loss: sum6 / count, count };
}

// ../../packages/training/grad-clip/src/grad-clip.ts
import {
  add as add6,
  addN,
  div as div5,
  engine as engine5,
  minimum,
  mul as mul5,
  reshape as reshape6,
  scalar as scalar4,
  sqrt as sqrt3,
  square as square4,
  sum as sum4,
  tidy as tidy5
} from "@tensorflow/tfjs-core";
var clipByGlobalNormContract = { name: "ClipByGlobalNorm", differentiable: [], saved: [] };
function globalNorm(grads) {
  if (grads.size === 0) throw new Error("globalNorm: there are no gradients");
  return tidy5(() => sqrt3(addN([...grads.values()].map(sumOfSquares))));
}
function clipByGlobalNorm(grads, maxNorm) {
  if (!(maxNorm > 0)) throw new RangeError(`clipByGlobalNorm: maxNorm must be positive, got ${maxNorm}`);
  const names = [...grads.keys()];
  const tensors = [...grads.values()];
  const clipped = tidy5(() => {
    if (hasKernel(clipByGlobalNormContract.name)) {
      return engine5().runKernel(clipByGlobalNormContract.name, tensors, { maxNorm });
    }
    const norm2 = globalNorm(grads);
    const coefficient = Number.isFinite(maxNorm) ? minimum(div5(maxNorm, add6(norm2, 1e-6)), 1) : scalar4(1);
    return [...tensors.map((grad) => mul5(grad, coefficient)), norm2];
  });
  const norm = clipped.pop();
  return { grads: new Map(names.map((name, i) => [name, clipped[i]])), norm };
}
function sumOfSquares(grad) {
  const width = grad.shape.at(-1) ?? 1;
  return sum4(sum4(reshape6(square4(grad), [Math.round(grad.size / Math.max(1, width)), width]), -1));
}

// ../../packages/training/trainer/src/step.ts
import { add as add7, dispose, mul as mul6, tidy as tidy6 } from "@tensorflow/tfjs-core";
async function trainStep(options) {
  const { optimizer, learningRate, clip = Number.POSITIVE_INFINITY } = options;
  const { loss, grads } = accumulate2(options);
  const clipped = clipByGlobalNorm(grads, clip);
  try {
    const [[lossValue], [gradNorm]] = await Promise.all([loss.data(), clipped.norm.data()]);
    const skipped = !(Number.isFinite(lossValue) && Number.isFinite(gradNorm));
    if (!skipped) optimizer.step(clipped.grads, learningRate);
    return { loss: lossValue, gradNorm, skipped };
  } finally {
    dispose([loss, clipped.norm, ...grads.values(), ...clipped.grads.values()]);
  }
}
function accumulate2({ parameters, loss, weight = () => 1, batches, random }) {
  const total = batches.reduce((sum7, batch) => sum7 + weight(batch), 0);
  if (!(total > 0)) throw new Error("trainStep: none of the targets counts; are all labels masked?");
  let sum6;
  const grads = /* @__PURE__ */ new Map();
  for (const [i, batch] of batches.entries()) {
    const share = weight(batch) / total;
    if (share === 0) continue;
    const scaled = () => share === 1 ? loss(batch) : mul6(loss(batch), share);
    const { value, grads: own3 } = withRandom(random.fork("micro-batch", i), () => valueAndGrads(scaled, parameters));
    sum6 = replaceSum(sum6, value);
    for (const [name, grad] of own3) grads.set(name, replaceSum(grads.get(name), grad));
  }
  return { loss: sum6, grads };
}
function replaceSum(sum6, term) {
  if (!sum6) return term;
  const next2 = tidy6(() => add7(sum6, term));
  dispose([sum6, term]);
  return next2;
}

// ../../packages/training/trainer/src/train.ts
async function train(options) {
  const { steps, startStep = 0, accumulate: accumulate3 = 1, batchAt, seed = 0, onStep, signal } = options;
  const random = new Random(seed);
  let skipped = 0;
  let inARow = 0;
  for (let step2 = startStep; step2 < steps; step2++) {
    if (signal?.aborted) return { step: step2, skipped, aborted: true };
    const began = performance.now();
    const learningRate = options.learningRate(step2);
    const batches = Array.from({ length: accumulate3 }, (_, i) => batchAt(step2, i));
    const result = await trainStep({ ...options, batches, learningRate, random: random.fork("step", step2) });
    if (result.skipped) skipped++;
    inARow = result.skipped ? inARow + 1 : 0;
    await onStep?.({ ...result, step: step2 + 1, learningRate, milliseconds: performance.now() - began });
    if (inARow === patience) {
      throw new Error(
        `train: loss or gradients were not finite for ${patience} steps up to step ${step2 + 1}; lower the learning rate or resume from an earlier checkpoint`
      );
    }
  }
  return { step: Math.max(steps, startStep), skipped, aborted: false };
}
var patience = 20;

// src/ui/progress.ts
import cliProgress from "cli-progress";
import pc from "picocolors";
var LOG_EVERY_MS = 1e4;
function progress(label, total, start = 0) {
  return process.stderr.isTTY ? bar(label, total, start) : lines(label, total);
}
function bar(label, total, start) {
  const format = `${pc.bold(label)} {bar} {percentage}% {value}/{total} {figures} ${pc.dim("eta {eta_formatted}")}`;
  const single = new cliProgress.SingleBar(
    { format, stream: process.stderr, hideCursor: true, etaBuffer: 50, barsize: 24, gracefulExit: false },
    cliProgress.Presets.shades_classic
  );
  single.start(total, start, { figures: "" });
  return {
    update: (done, figures = "") => single.update(done, { figures }),
    log: (line) => process.stderr.write(`\r\x1B[K${line}
`),
    stop: () => single.stop()
  };
}
function lines(label, total) {
  let last = performance.now();
  let text2 = "";
  let shown = "";
  const show2 = () => {
    if (text2 !== shown) process.stderr.write(`${text2}
`);
    shown = text2;
    last = performance.now();
  };
  return {
    update: (done, figures = "") => {
      text2 = `${label} ${done}/${total} ${figures}`.trimEnd();
      if (performance.now() - last > LOG_EVERY_MS) show2();
    },
    log: (line) => void process.stderr.write(`${line}
`),
    stop: show2
  };
}
function say(line = "") {
  process.stderr.write(`${line}
`);
}
function short(value) {
  for (const [size2, unit] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (value >= size2) return `${(value / size2).toFixed(value >= 100 * size2 ? 0 : 1)}${unit}`;
  }
  return value.toFixed(value >= 100 || Number.isInteger(value) ? 0 : 1);
}

// ../../packages/objectives/cross-entropy/src/cross-entropy.ts
import {
  cast as cast6,
  div as div6,
  getBackend as getBackend3,
  maximum,
  notEqual as notEqual2,
  reshape as reshape8,
  scalar as scalar6,
  sum as sum5,
  tidy as tidy7
} from "@tensorflow/tfjs-core";

// ../../packages/objectives/cross-entropy/src/softmax-cross-entropy.ts
import {
  add as add8,
  cast as cast5,
  customGrad,
  gather,
  log as log2,
  max,
  mul as mul7,
  notEqual,
  range,
  reshape as reshape7,
  scalar as scalar5,
  softmax,
  square as square5,
  sub as sub5,
  where as where2,
  zerosLike as zerosLike3
} from "@tensorflow/tfjs-core";
var softmaxCrossEntropyContract = {
  name: "SoftmaxCrossEntropy",
  differentiable: ["logits"],
  saved: ["logits", "labels", "logSumExp"],
  statistics: ["logSumExp"]
};
var softmaxCrossEntropy = defineOp({
  contract: softmaxCrossEntropyContract,
  composite: ({ logits, labels }, { ignoreIndex, zLoss }) => {
    const [rows, vocab] = logits.shape;
    const counts_R = notEqual(labels, scalar5(ignoreIndex, "int32"));
    const places_R = add8(range(0, rows * vocab, vocab, "int32"), mul7(labels, cast5(counts_R, "int32")));
    const p_RV = untaped((x_RV) => softmax(x_RV), logits);
    const top_R = untaped((x_RV) => max(x_RV, -1), logits);
    const logTop_R = untaped((p) => log2(max(p, -1)), p_RV);
    const logZ_R = sub5(top_R, logTop_R);
    const op12 = customGrad((...args) => {
      const [x_RV, save2] = args;
      save2([p_RV, places_R, counts_R, logZ_R]);
      const nll_R = sub5(sub5(top_R, gather(reshape7(x_RV, [rows * vocab]), places_R)), logTop_R);
      const loss_R = zLoss === 0 ? nll_R : add8(nll_R, mul7(square5(logZ_R), zLoss));
      return {
        // Selected, not multiplied: an ignored row may hold infinities.
        value: where2(counts_R, loss_R, zerosLike3(loss_R)),
        gradFunc: (dy, saved) => gradient(dy, saved, zLoss)
      };
    });
    return op12(logits);
  }
});
function untaped(f, x) {
  const gradFunc = () => {
    throw new Error("crossEntropy: a constant has no gradient");
  };
  return customGrad((input) => ({ value: f(input), gradFunc }))(x);
}
function gradient(dy_R, saved, zLoss) {
  const [p_RV, places_R, counts_R, logZ_R] = saved;
  const [rows, vocab] = p_RV.shape;
  const weight_R = mul7(dy_R, cast5(counts_R, "float32"));
  const scale_R = zLoss === 0 ? weight_R : mul7(weight_R, add8(mul7(logZ_R, 2 * zLoss), 1));
  const atLabels_RV = reshape7(scatterAdd(places_R, weight_R, rows * vocab), [rows, vocab]);
  return sub5(mul7(p_RV, reshape7(scale_R, [rows, 1])), atLabels_RV);
}

// ../../packages/objectives/cross-entropy/src/cross-entropy.ts
function crossEntropy(logits, labels, { ignoreIndex = -100, zLoss = 0, reduction = "mean" } = {}) {
  const vocab = checkShapes2(logits, labels);
  checkLabels(labels, vocab, ignoreIndex);
  registerGradients();
  return tidy7(() => {
    const flat = reshape8(labels, [labels.size]);
    const losses = softmaxCrossEntropy(
      { logits: reshape8(logits, [labels.size, vocab]), labels: flat },
      { ignoreIndex, zLoss }
    );
    if (reduction === "none") return reshape8(losses, labels.shape);
    if (reduction === "sum") return sum5(losses);
    const counting = sum5(cast6(notEqual2(flat, scalar6(ignoreIndex, "int32")), "float32"));
    return div6(sum5(losses), maximum(counting, 1));
  });
}
function checkShapes2(logits, labels) {
  const vocab = logits.shape.at(-1);
  if (vocab === void 0 || logits.shape.slice(0, -1).join() !== labels.shape.join()) {
    throw new Error(
      `crossEntropy: labels must have the shape of logits without the last dimension: [${logits.shape.slice(0, -1)}] for logits [${logits.shape}], got [${labels.shape}]`
    );
  }
  if (labels.dtype !== "int32") {
    throw new Error(
      `crossEntropy: labels must be int32, got ${labels.dtype}; create them with tensor(ids, shape, "int32")`
    );
  }
  if (logits.dtype !== "float32") throw new Error(`crossEntropy: logits must be float32, got ${logits.dtype}`);
  if (logits.size === 0) throw new Error(`crossEntropy: there is nothing to average in logits [${logits.shape}]`);
  return vocab;
}
function checkLabels(labels, vocab, ignoreIndex) {
  if (getBackend3() === "webgpu" || getBackend3() === "webgl") return;
  const values = labels.dataSync();
  for (let i = 0; i < values.length; i++) {
    const label = values[i];
    if (label >= 0 && label < vocab || label === ignoreIndex) continue;
    throw new RangeError(
      `crossEntropy: label ${label} at position ${i} is out of range; labels are 0 \u2026 ${vocab - 1}, or ${ignoreIndex} to be ignored`
    );
  }
}

// ../../packages/objectives/causal-lm/src/causal-lm.ts
function shiftLabels(labels, { context = labels.length, ignoreIndex = -100 } = {}) {
  const targets = new Int32Array(labels.length);
  if (labels.length === 0) return targets;
  if (!Number.isInteger(context) || context < 1 || labels.length % context !== 0) {
    throw new RangeError(`shiftLabels: ${labels.length} labels are not a whole number of rows of ${context}`);
  }
  for (let i = 0; i < labels.length; i++) {
    targets[i] = (i + 1) % context === 0 ? ignoreIndex : labels[i + 1];
  }
  return targets;
}
function causalLmLoss(logits_BTV, targets_BT, options = {}) {
  const expected = logits_BTV.shape.slice(0, -1);
  if (expected.join() !== targets_BT.shape.join()) {
    throw new Error(
      `causalLmLoss: targets must have shape [${expected}] to match logits [${logits_BTV.shape}], got [${targets_BT.shape}]; shift the ids with shiftLabels, which keeps their number`
    );
  }
  return crossEntropy(logits_BTV, targets_BT, options);
}

// ../../packages/objectives/causal-lm/src/metrics.ts
function perplexity(nats) {
  return Math.exp(nats);
}
function bitsPerByte({ nats, bytes }) {
  if (!(bytes > 0)) throw new RangeError(`bitsPerByte: bytes must be positive, got ${bytes}`);
  return nats / (Math.LN2 * bytes);
}

// ../../packages/data/dataloader/src/dataloader.ts
var DataLoader = class _DataLoader {
  source;
  options;
  #rank = 0;
  #worldSize = 1;
  #random;
  #epoch;
  /** @throws RangeError for options out of range, or a text shorter than context + 1 tokens */
  constructor(source, options) {
    const { batch, context, microBatches = 1, seed = 0, order: order2 = "random" } = options;
    for (const [name, value] of Object.entries({ batch, context, microBatches })) {
      if (!Number.isSafeInteger(value) || value < 1) {
        throw new RangeError(`DataLoader: ${name} must be a whole number \u2265 1, got ${value}`);
      }
    }
    if (source.length < context + 1) {
      throw new RangeError(
        `DataLoader: the text has ${source.length} tokens, a context of ${context} needs ${context + 1}; take more text or a shorter context`
      );
    }
    this.source = source;
    this.options = { batch, context, microBatches, seed, order: order2 };
    this.#random = new Random(seed).fork("dataloader");
  }
  /** Sequences in a step, over all micro-batches and ranks. */
  get sequencesPerStep() {
    return this.options.batch * this.options.microBatches;
  }
  /** Windows in an epoch of the sequential order; at most context − 1 tokens at the end of the text are in none. */
  get windows() {
    return Math.floor((this.source.length - 1) / this.options.context);
  }
  /**
   * The loader of one of several ranks: each gets its own equal part of every micro-batch.
   * @throws RangeError when `batch` is not divisible by `worldSize`, or there is no such rank
   */
  forRank(rank, worldSize) {
    if (!(Number.isInteger(rank) && rank >= 0 && rank < worldSize)) {
      throw new RangeError(`DataLoader: rank must be from 0 to ${worldSize - 1}, got ${rank}`);
    }
    if (this.options.batch % worldSize !== 0) {
      throw new RangeError(`DataLoader: batch ${this.options.batch} cannot be divided among ${worldSize} ranks`);
    }
    const loader = new _DataLoader(this.source, this.options);
    loader.#rank = rank;
    loader.#worldSize = worldSize;
    return loader;
  }
  /**
   * The batch of a step: a pure function of (seed, step, microBatch, rank).
   * @throws RangeError for a step below 0 or a micro-batch that the options do not have
   */
  batchAt(step2, microBatch = 0) {
    const { batch, context, microBatches } = this.options;
    if (!Number.isSafeInteger(step2) || step2 < 0)
      throw new RangeError(`batchAt: step must be a whole number \u2265 0, got ${step2}`);
    if (!(Number.isInteger(microBatch) && microBatch >= 0 && microBatch < microBatches)) {
      throw new RangeError(`batchAt: microBatch must be from 0 to ${microBatches - 1}, got ${microBatch}`);
    }
    const rows = batch / this.#worldSize;
    const first = microBatch * batch + this.#rank * rows;
    const inputs = new Int32Array(rows * context);
    const targets = new Int32Array(rows * context);
    for (let row = 0; row < rows; row++) {
      const window = this.source.read(this.offsetAt(step2, first + row), context + 1);
      inputs.set(window.subarray(0, context), row * context);
      targets.set(window.subarray(1), row * context);
    }
    return { inputs, targets, batch: rows, context };
  }
  /** Where in the text sequence number `sequence` of a step begins. */
  offsetAt(step2, sequence) {
    const { context, order: order2 } = this.options;
    if (order2 === "random") return this.#random.fork(step2, sequence).integer(this.source.length - context);
    const index = step2 * this.sequencesPerStep + sequence;
    const epoch = Math.floor(index / this.windows);
    return this.#windowAt(epoch, index % this.windows) * context;
  }
  /** How often the text has been seen before a step, in epochs: tokens trained on, divided by the text's. */
  epochAt(step2) {
    return step2 * this.sequencesPerStep * this.options.context / this.source.length;
  }
  #windowAt(epoch, position) {
    if (epoch === 0) return position;
    if (this.#epoch?.number !== epoch) {
      this.#epoch = { number: epoch, order: this.#random.fork("epoch", epoch).permutation(this.windows) };
    }
    return this.#epoch.order[position];
  }
};

// ../../packages/data/dataloader/src/evaluation.ts
var IGNORE = -100;
function* evaluationBatches(source, { batch, context }) {
  for (const [name, value] of Object.entries({ batch, context })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`evaluationBatches: ${name} must be a whole number \u2265 1, got ${value}`);
    }
  }
  if (source.length < 2) {
    throw new RangeError(`evaluationBatches: a text of ${source.length} tokens has nothing to predict; it needs 2`);
  }
  const last = source.length - 1;
  for (let start = 0; start < last; start += batch * context) {
    const rows = Math.min(batch, Math.ceil((last - start) / context));
    const tokens = Math.min(rows * context, last - start);
    const stretch = source.read(start, tokens + 1);
    const inputs = new Int32Array(rows * context);
    const targets = new Int32Array(rows * context).fill(IGNORE);
    inputs.set(stretch.subarray(0, tokens));
    targets.set(stretch.subarray(1));
    yield { inputs, targets, batch: rows, context, tokens };
  }
}

// src/run/batches.ts
import { tensor2d, tidy as tidy8 } from "@tensorflow/tfjs-core";

// src/run/token-bytes.ts
var IGNORE2 = -100;
function bytesOfTokens(tokenizer) {
  const special = new Set(tokenizer.specialTokens.values());
  return Int32Array.from({ length: tokenizer.vocabSize }, (_, id2) => special.has(id2) ? 0 : tokenizer.model.tokenBytes(id2)?.length ?? 0);
}
function maskSpecial(targets, bytes) {
  return targets.map((target) => target >= 0 && bytes[target] === 0 ? IGNORE2 : target);
}
function sumBytes(targets, bytes) {
  return targets.reduce((sum6, target) => sum6 + (target >= 0 ? bytes[target] : 0), 0);
}

// src/run/batches.ts
function textLoss(model) {
  return ({ inputs, targets, batch, context }) => tidy8(() => {
    const ids = tensor2d(inputs, [batch, context], "int32");
    return causalLmLoss(model.forward(ids), tensor2d(targets, [batch, context], "int32"));
  });
}
function targetCount({ targets }) {
  return targets.reduce((n, target) => n + (target >= 0 ? 1 : 0), 0);
}
function heldOutText(source, bytes, { batch, context, limit }) {
  const length = Math.min(source.length, limit + 1);
  const part = { length, read: (offset, count) => source.read(offset, count) };
  const batches = function* () {
    for (const { tokens: _, ...item } of evaluationBatches(part, { batch, context })) {
      yield { ...item, targets: maskSpecial(item.targets, bytes) };
    }
  };
  let total = 0;
  for (const { targets } of batches()) total += sumBytes(targets, bytes);
  return { batches, bytes: total };
}

// ../../packages/models/gpt2/src/config.ts
var published = { vocabSize: 50257, maxLength: 1024 };
var gpt2Presets = {
  gpt2: { ...published, dim: 768, heads: 12, layers: 12 },
  "gpt2-medium": { ...published, dim: 1024, heads: 16, layers: 24 },
  "gpt2-large": { ...published, dim: 1280, heads: 20, layers: 36 },
  "gpt2-xl": { ...published, dim: 1600, heads: 25, layers: 48 }
};
function resolveConfig2(config) {
  const { vocabSize, maxLength, dim, heads, layers, hiddenDim = 4 * dim } = config;
  const sizes = { vocabSize, maxLength, dim, heads, layers, hiddenDim };
  for (const [name, size2] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(size2) || size2 < 1) {
      throw new Error(`GPT2: ${name} must be a positive whole number, got ${size2}`);
    }
  }
  if (dim % heads !== 0) throw new Error(`GPT2: heads must divide dim = ${dim}, got ${heads}`);
  const { bias = true, dropout: dropout2 = 0, normEps = 1e-5 } = config;
  return { ...sizes, bias, dropout: dropout2, normEps };
}

// ../../packages/core/dropout/src/dropout.ts
import { mul as mul8, tensor } from "@tensorflow/tfjs-core";
function dropout(x, rate2, { random } = {}) {
  if (!(rate2 >= 0 && rate2 < 1)) throw new Error(`dropout: rate must be at least 0 and below 1, got ${rate2}`);
  if (rate2 === 0) return x;
  registerGradients();
  const source = random ?? currentRandom();
  const threshold = rate2 * 2 ** 32;
  const scale = 1 / (1 - rate2);
  const mask = new Float32Array(x.size);
  for (let i = 0; i < mask.length; i++) mask[i] = source.uint32() < threshold ? 0 : scale;
  return mul8(x, tensor(mask, x.shape));
}

// ../../packages/core/module/src/module.ts
import { Variable } from "@tensorflow/tfjs-core";

// ../../packages/core/module/src/path.ts
function segmentOf(property) {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
function propertyOf(segment) {
  return segment.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}
function join(prefix, segment) {
  return prefix === "" ? segment : `${prefix}.${segment}`;
}

// ../../packages/core/module/src/module.ts
var Module = class {
  /** Whether layers such as dropout are active. Set by `train` and `eval` for the whole tree. */
  training = true;
  /**
   * All parameters by path, in the order of the properties. One that is reachable twice (tied weights)
   * is listed once, under its first path.
   */
  namedParameters() {
    const found = /* @__PURE__ */ new Map();
    const seen = /* @__PURE__ */ new Set();
    for (const [path, module] of this.namedModules()) {
      for (const [property, value] of Object.entries(module)) {
        if (!(value instanceof Variable) || seen.has(value)) continue;
        seen.add(value);
        found.set(join(path, segmentOf(property)), value);
      }
    }
    return found;
  }
  /** This module (under the empty path) and all below it, parents first. */
  namedModules() {
    const found = /* @__PURE__ */ new Map();
    const seen = /* @__PURE__ */ new Set();
    const visit = (path, module) => {
      if (seen.has(module)) return;
      seen.add(module);
      found.set(path, module);
      for (const [segment, child] of children(module)) visit(join(path, segment), child);
    };
    visit("", this);
    return found;
  }
  /**
   * The module at a path such as `layers.0.self_attn`; the empty path is this module.
   * @throws Error naming the part of the path that does not exist
   */
  getModule(path) {
    let module = this;
    for (const [i, segment] of segments(path).entries()) {
      const child = childAt(module, segments(path), i);
      if (child) module = child;
      else if (!Number.isInteger(Number(segments(path)[i + 1]))) {
        throw new Error(`getModule: there is no module "${segment}" in "${path}"`);
      }
    }
    return module;
  }
  /**
   * Replaces the module at a path. The old one is not disposed: the new one may hold it.
   * @throws Error when there is none at that path
   */
  setModule(path, replacement) {
    const parts = segments(path);
    if (parts.length === 0)
      throw new Error("setModule: the root cannot be replaced; give the path of a module below it");
    this.getModule(path);
    const last = parts.pop();
    const list2 = Number.isInteger(Number(last)) ? propertyOf(parts.pop()) : void 0;
    const parent = this.getModule(parts.join("."));
    if (list2) parent[list2][Number(last)] = replacement;
    else parent[propertyOf(last)] = replacement;
  }
  /** Turns training mode on (or off) in the whole tree. */
  train(on = true) {
    for (const module of this.namedModules().values()) module.training = on;
    return this;
  }
  /** Turns training mode off in the whole tree. */
  eval() {
    return this.train(false);
  }
  /** Number of parameters, tied ones counted once. */
  parameterCount() {
    return [...this.namedParameters().values()].reduce((sum6, { size: size2 }) => sum6 + size2, 0);
  }
  /** The parameters themselves by path, not copies. */
  stateDict() {
    return this.namedParameters();
  }
  /**
   * Copies values into the parameters. Nothing is changed when anything does not fit.
   *
   * @param state values by path; they are not disposed
   * @param options `strict` (default true): each path of one side must be there on the other
   * @throws Error listing paths that are missing, unknown, or of another shape
   */
  loadStateDict(state, { strict = true } = {}) {
    const own3 = this.namedParameters();
    const problems = [];
    for (const [path, parameter2] of own3) {
      const value = state.get(path);
      if (!value && strict) problems.push(`missing ${path}`);
      if (value && value.shape.join() !== parameter2.shape.join()) {
        problems.push(`${path} has shape [${value.shape}], the model has [${parameter2.shape}]`);
      }
    }
    if (strict) {
      for (const path of state.keys()) if (!own3.has(path)) problems.push(`unknown ${path}`);
    }
    if (problems.length > 0) {
      const shown = problems.slice(0, 8).join("; ");
      const more = problems.length > 8 ? `; and ${problems.length - 8} more` : "";
      throw new Error(`loadStateDict: ${shown}${more}`);
    }
    for (const [path, parameter2] of own3) {
      const value = state.get(path);
      if (value) parameter2.assign(value);
    }
  }
  /** Frees all parameters, and whatever else the modules below hold. */
  dispose() {
    for (const module of this.namedModules().values()) if (module !== this) module.dispose();
    for (const parameter2 of this.namedParameters().values()) if (!parameter2.isDisposed) parameter2.dispose();
  }
};
var segments = (path) => path === "" ? [] : path.split(".");
function children(module) {
  return Object.entries(module).flatMap(([property, value]) => {
    if (value instanceof Module) return [[segmentOf(property), value]];
    if (!Array.isArray(value)) return [];
    return value.flatMap(
      (child, i) => child instanceof Module ? [[`${segmentOf(property)}.${i}`, child]] : []
    );
  });
}
function childAt(module, parts, i) {
  const own3 = children(module);
  const find = (segment) => own3.find(([name]) => name === segment)?.[1];
  return find(parts[i]) ?? (i > 0 ? find(`${parts[i - 1]}.${parts[i]}`) : void 0);
}

// ../../packages/core/module/src/parameter.ts
import { variable as variable2 } from "@tensorflow/tfjs-core";
function parameter(initial, { trainable = true } = {}) {
  const created = variable2(initial, trainable);
  initial.dispose();
  return created;
}

// ../../packages/core/dropout/src/module.ts
var Dropout = class extends Module {
  rate;
  constructor({ rate: rate2 }) {
    super();
    this.rate = rate2;
  }
  /** Any shape → the same shape. */
  forward(x) {
    return this.training ? dropout(x, this.rate) : x;
  }
};

// ../../packages/attention/mask/src/apply.ts
import { add as add9, cast as cast7, engine as engine6, keep as keep3, max as max2, mul as mul9, sub as sub6, tensor as tensor2, tidy as tidy9 } from "@tensorflow/tfjs-core";
var FORBIDDEN = -1e38;
function applyMask(scores, mask) {
  registerGradients();
  if (mask === "none") return scores;
  if (mask === "causal") {
    const [T, S] = scores.shape.slice(-2);
    if (T > S)
      throw new Error(`applyMask: a causal mask needs at least as many keys as queries, got T = ${T}, S = ${S}`);
    return T === 1 ? scores : add9(scores, causalBias(T, S));
  }
  checkMask(mask, scores.shape);
  return tidy9(() => add9(scores, mul9(sub6(1, cast7(mask, "float32")), FORBIDDEN)));
}
function clearMaskedRows(values, mask) {
  if (typeof mask === "string") return values;
  registerGradients();
  return tidy9(() => mul9(values, max2(cast7(mask, "float32"), -1, true)));
}
var biases = /* @__PURE__ */ new WeakMap();
function causalBias(T, S) {
  const { backend } = engine6();
  const kept2 = biases.get(backend);
  if (kept2?.T === T && kept2.S === S) return kept2.bias;
  kept2?.bias.dispose();
  const values = new Float32Array(T * S);
  for (let i = 0; i < T; i++) values.fill(FORBIDDEN, i * S + S - T + i + 1, (i + 1) * S);
  const bias = keep3(tensor2(values, [T, S]));
  biases.set(backend, { T, S, bias });
  return bias;
}
function checkMask(mask, shape) {
  if (mask.dtype !== "bool") {
    throw new Error(`attention mask: must be boolean (true = may attend), got ${mask.dtype}; compare or cast it first`);
  }
  const lead = shape.length - mask.rank;
  if (lead < 0 || mask.shape.some((d, i) => d !== 1 && d !== shape[i + lead])) {
    throw new Error(`attention mask: shape [${mask.shape}] does not broadcast to the scores' [${shape}]`);
  }
}

// ../../packages/attention/mask/src/band.ts
import { tensor as tensor3 } from "@tensorflow/tfjs-core";
function causalMask(T, S = T, offset = S - T) {
  checkSizes("causalMask", T, S, offset);
  return fill(T, S, (i, j) => j <= i + offset);
}
function fill(T, S, rule) {
  return tensor3(allowed(T, S, rule), [T, S], "bool");
}
function allowed(T, S, rule) {
  const values = new Uint8Array(T * S);
  for (let i = 0; i < T; i++) for (let j = 0; j < S; j++) values[i * S + j] = rule(i, j) ? 1 : 0;
  return values;
}
function checkSizes(name, T, S, offset) {
  for (const [label, size2] of [
    ["T", T],
    ["S", S]
  ]) {
    if (!Number.isInteger(size2) || size2 < 1)
      throw new Error(`${name}: ${label} must be a positive integer, got ${size2}`);
  }
  if (!Number.isInteger(offset) || offset < 0) {
    throw new Error(
      `${name}: the first query's position (offset, default S \u2212 T) must be an integer of at least 0, got ${offset}`
    );
  }
}

// ../../packages/attention/mask/src/batch.ts
import { tensor as tensor4 } from "@tensorflow/tfjs-core";
function segmentMask(segments2) {
  const T = segments2[0]?.length ?? 0;
  const values = new Uint8Array(segments2.length * T * T);
  segments2.forEach((row, b) => {
    if (row.length !== T) {
      throw new Error(
        `segmentMask: all rows must be as long as the first (${T}), but row ${b} has length ${row.length}`
      );
    }
    for (let i = 0; i < T; i++) {
      for (let j = 0; j < T; j++) values[(b * T + i) * T + j] = row[i] === row[j] ? 1 : 0;
    }
  });
  return tensor4(values, [segments2.length, 1, T, T], "bool");
}

// ../../packages/attention/mask/src/combine.ts
import { logicalAnd as logicalAnd2 } from "@tensorflow/tfjs-core";
function combineMasks(...masks) {
  const [first, ...rest] = masks;
  if (!first) throw new Error("combineMasks: give at least one mask");
  masks.forEach(({ dtype }, i) => {
    if (dtype !== "bool") throw new Error(`combineMasks: mask ${i} must be boolean (true = may attend), got ${dtype}`);
  });
  return rest.reduce((all2, mask) => {
    const both = logicalAnd2(all2, mask);
    if (all2 !== first) all2.dispose();
    return both;
  }, first);
}

// ../../packages/attention/attention/src/attention.ts
import { mul as mul10, softmax as softmax2, tidy as tidy10 } from "@tensorflow/tfjs-core";
var attentionContract = {
  name: "Attention",
  differentiable: ["q", "k", "v"],
  saved: ["q", "k", "v", "mask", "value", "logsumexp"],
  statistics: ["logsumexp"]
};
var op = defineOp({
  contract: attentionContract,
  composite: ({ q, k, v, mask }, { causal, scale }) => composite(q, k, v, mask ?? (causal ? "causal" : "none"), scale)
});
function composite(q, k, v, mask, scale, rate2 = 0) {
  return tidy10(() => {
    const scores_BNTS = applyMask(product2(mul10(q, scale), k, false, true), mask);
    const weights_BNTS = dropout(softmax2(scores_BNTS), rate2);
    return clearMaskedRows(product2(weights_BNTS, v), mask);
  });
}
function attention(q_BNTH, k_BNSH, v_BNSH, options = {}) {
  const [b, n, , h] = q_BNTH.shape;
  const { mask = "causal", scale = h ** -0.5, dropout: dropout2 = 0 } = options;
  const [bK, nK, s, hK] = k_BNSH.shape;
  if (q_BNTH.rank !== 4 || k_BNSH.rank !== 4 || bK !== b || nK !== n || hK !== h) {
    throw new Error(
      `attention: q [B,N,T,H] and k [B,N,S,H] must agree in B, N, H, got [${q_BNTH.shape}] and [${k_BNSH.shape}]`
    );
  }
  if (v_BNSH.rank !== 4 || v_BNSH.shape.slice(0, 3).join() !== `${b},${n},${s}`) {
    throw new Error(`attention: v must have shape [${b},${n},${s},\u2026] to match k, got [${v_BNSH.shape}]`);
  }
  if (dropout2 > 0) return composite(q_BNTH, k_BNSH, v_BNSH, mask, scale, dropout2);
  const tensor13 = typeof mask === "string" ? void 0 : mask;
  return op({ q: q_BNTH, k: k_BNSH, v: v_BNSH, mask: tensor13 }, { causal: mask === "causal", scale });
}

// ../../packages/core/linear/src/linear.ts
import { add as add10 } from "@tensorflow/tfjs-core";
var linearContract = {
  name: "Linear",
  differentiable: ["x", "weight", "bias"],
  saved: ["x", "weight", "bias"]
};
var op2 = defineOp({
  contract: linearContract,
  composite: ({ x, weight, bias }) => {
    const y = product2(x, weight, false, true);
    return bias ? add10(y, bias) : y;
  }
});
function linear(x_I, weight_OI, bias_O) {
  const [out, inDim] = weight_OI.shape;
  if (weight_OI.rank !== 2) throw new Error(`linear: weight must be [out, in], got shape [${weight_OI.shape}]`);
  if (x_I.shape.at(-1) !== inDim) {
    throw new Error(`linear: x must end in ${inDim} features to match weight [${weight_OI.shape}], got [${x_I.shape}]`);
  }
  if (bias_O && bias_O.shape.join() !== `${out}`) {
    throw new Error(
      `linear: bias must have shape [${out}] to match weight [${weight_OI.shape}], got [${bias_O.shape}]`
    );
  }
  return op2({ x: x_I, weight: weight_OI, bias: bias_O }, {});
}

// ../../packages/core/linear/src/module.ts
import { tensor as tensor5, zeros as zeros3 } from "@tensorflow/tfjs-core";
var Linear = class extends Module {
  weight;
  bias;
  constructor({ inDim, outDim, bias = true, std = inDim ** -0.5, random = new Random(0) }) {
    super();
    this.weight = parameter(normal2([outDim, inDim], std, random));
    if (bias) this.bias = parameter(zeros3([outDim]));
  }
  /** [..., inDim] → [..., outDim] */
  forward(x) {
    return linear(x, this.weight, this.bias);
  }
};
function normal2(shape, std, random) {
  const values = random.fillNormal(new Float32Array(shape[0] * shape[1]));
  return tensor5(
    values.map((value) => value * std),
    shape
  );
}

// ../../packages/attention/attention/src/self-attention.ts
import { reshape as reshape9, tidy as tidy11, transpose as transpose3 } from "@tensorflow/tfjs-core";
var SelfAttention = class extends Module {
  heads;
  kvHeads;
  headDim;
  dropout;
  position;
  qProj;
  kProj;
  vProj;
  oProj;
  /** @throws Error when a size is not a positive integer, or `kvHeads` does not divide `heads` */
  constructor(config) {
    super();
    const { dim, heads, kvHeads, headDim = dim / heads, bias, dropout: dropout2 = 0, std, random = new Random(0) } = config;
    checkSizes2({ dim, heads, kvHeads, headDim });
    const { position, projectionStd = std } = config;
    this.heads = heads;
    this.kvHeads = kvHeads;
    this.headDim = headDim;
    this.dropout = dropout2;
    if (position) this.position = position;
    const project = (name, outDim) => new Linear({ inDim: dim, outDim, bias, ...std !== void 0 && { std }, random: random.fork(name) });
    this.qProj = project("q_proj", heads * headDim);
    this.kProj = project("k_proj", kvHeads * headDim);
    this.vProj = project("v_proj", kvHeads * headDim);
    this.oProj = new Linear({
      inDim: heads * headDim,
      outDim: dim,
      bias,
      ...projectionStd !== void 0 && { std: projectionStd },
      random: random.fork("o_proj")
    });
  }
  /** [B, T, D] → [B, T, D] */
  forward(x_BTD, { mask = "causal", cache: cache2, layer = 0 } = {}) {
    const [b, t] = x_BTD.shape;
    if (x_BTD.rank !== 3) {
      throw new Error(`${this.constructor.name}: x must be [batch, time, dim], got shape [${x_BTD.shape}]`);
    }
    return tidy11(() => {
      const offset = cache2?.length ?? 0;
      const split3 = (x, heads) => transpose3(reshape9(x, [b, t, heads, this.headDim]), [0, 2, 1, 3]);
      const place = (x) => this.position?.forward(x, offset) ?? x;
      const q_BNTH = place(split3(this.qProj.forward(x_BTD), this.heads));
      const k_BKTH = place(split3(this.kProj.forward(x_BTD), this.kvHeads));
      const v_BKTH = split3(this.vProj.forward(x_BTD), this.kvHeads);
      const { k, v } = cache2?.append(layer, k_BKTH, v_BKTH) ?? { k: k_BKTH, v: v_BKTH };
      const y_BNTH = this.attend(q_BNTH, k, v, { mask, dropout: this.training ? this.dropout : 0 });
      return this.oProj.forward(reshape9(transpose3(y_BNTH, [0, 2, 1, 3]), [b, t, this.heads * this.headDim]));
    });
  }
};
function checkSizes2(sizes) {
  for (const [name, size2] of Object.entries(sizes)) {
    if (Number.isInteger(size2) && size2 > 0) continue;
    const hint = name === "headDim" ? "; without headDim, heads must divide dim" : "";
    throw new Error(`self-attention: ${name} must be a positive integer, got ${size2}${hint}`);
  }
  const { heads, kvHeads } = sizes;
  if (heads % kvHeads !== 0) throw new Error(`self-attention: kvHeads must divide heads = ${heads}, got ${kvHeads}`);
}

// ../../packages/attention/attention/src/module.ts
var MultiHeadAttention = class extends SelfAttention {
  constructor({ bias = true, ...config }) {
    super({ ...config, bias, kvHeads: config.heads });
  }
  attend(q_BNTH, k_BNSH, v_BNSH, options) {
    return attention(q_BNTH, k_BNSH, v_BNSH, options);
  }
};

// ../../packages/blocks/embedding/src/embedding.ts
import { gather as gather2, getBackend as getBackend4, tidy as tidy12 } from "@tensorflow/tfjs-core";
var embeddingContract = { name: "Embedding", differentiable: ["weight"], saved: ["ids"] };
var op3 = defineOp({
  contract: embeddingContract,
  composite: ({ ids, weight }) => gather2(weight, ids)
});
function embedding(ids, weight_VD) {
  if (weight_VD.rank !== 2) {
    throw new Error(`embedding: weight must be [vocabSize, dim], got shape [${weight_VD.shape}]`);
  }
  if (ids.dtype !== "int32") {
    throw new Error(`embedding: ids must be int32, got ${ids.dtype}; create them with tensor(ids, shape, "int32")`);
  }
  const vocabSize = weight_VD.shape[0];
  if (!getBackend4().startsWith("webg")) checkRange(ids, vocabSize);
  return tidy12(() => op3({ ids, weight: weight_VD }, { vocabSize }));
}
function checkRange(ids, vocabSize) {
  const values = ids.dataSync();
  for (let i = 0; i < values.length; i++) {
    const id2 = values[i];
    if (id2 >= 0 && id2 < vocabSize) continue;
    throw new Error(
      `embedding: id ${id2} (number ${i} of [${ids.shape}]) is not in the vocabulary of ${vocabSize}; was the text encoded with this model's tokenizer?`
    );
  }
}

// ../../packages/blocks/embedding/src/module.ts
import { tensor as tensor6 } from "@tensorflow/tfjs-core";
var Embedding = class extends Module {
  weight;
  constructor({ vocabSize, dim, std = 0.02, random = new Random(0) }) {
    super();
    const values = random.fillNormal(new Float32Array(vocabSize * dim));
    for (let i = 0; i < values.length; i++) values[i] = values[i] * std;
    this.weight = parameter(tensor6(values, [vocabSize, dim]));
  }
  /** int32 [...] → [..., dim] */
  forward(ids) {
    return embedding(ids, this.weight);
  }
};

// ../../packages/attention/kv-cache/src/kv-cache.ts
import { clone as clone3, concat as concat2, keep as keep4, slice as slice2 } from "@tensorflow/tfjs-core";
var KVCache = class {
  layers;
  #entries;
  /** @throws Error unless `layers` is a positive integer */
  constructor({ layers }) {
    if (!Number.isInteger(layers) || layers < 1) {
      throw new Error(`KVCache: layers must be a positive integer, got ${layers}`);
    }
    this.layers = layers;
    this.#entries = Array.from({ length: layers });
  }
  get length() {
    return Math.min(...this.#entries.map(lengthOf));
  }
  /**
   * @param layer 0 … layers − 1
   * @param k_BKSH keys of the next positions; not disposed
   * @param v_BKSH values of the same positions; not disposed
   * @returns keys and values of all positions so far, owned by the cache
   * @throws Error for a layer that does not exist or has already got these positions, or when shapes do not fit
   */
  append(layer, k_BKSH, v_BKSH) {
    const past = this.#entry(layer);
    if (lengthOf(past) !== this.length) {
      throw new Error(
        `KVCache: layer ${layer} holds ${lengthOf(past)} positions, but another layer only ${this.length}; append to every layer once per step, or drop a broken step with truncate(${this.length})`
      );
    }
    checkShapes3(k_BKSH, v_BKSH, past);
    const grow2 = (old, tensor13) => keep4(old ? concat2([old, tensor13], 2) : clone3(tensor13));
    const entry = { k: grow2(past?.k, k_BKSH), v: grow2(past?.v, v_BKSH) };
    this.#replace(layer, entry);
    return { ...entry };
  }
  /** @throws Error unless 0 ≤ length ≤ this.length */
  truncate(length) {
    if (!Number.isInteger(length) || length < 0 || length > this.length) {
      throw new Error(`KVCache: truncate needs a length from 0 to ${this.length}, got ${length}`);
    }
    this.#entries.forEach((entry, layer) => {
      if (!entry || lengthOf(entry) === length) return;
      const head = (tensor13) => {
        const [b, heads, , dim] = tensor13.shape;
        return keep4(slice2(tensor13, [0, 0, 0, 0], [b, heads, length, dim]));
      };
      this.#replace(layer, length === 0 ? void 0 : { k: head(entry.k), v: head(entry.v) });
    });
  }
  dispose() {
    for (let layer = 0; layer < this.layers; layer++) this.#replace(layer, void 0);
  }
  #entry(layer) {
    if (!Number.isInteger(layer) || layer < 0 || layer >= this.layers) {
      throw new Error(`KVCache: layer must be an integer from 0 to ${this.layers - 1}, got ${layer}`);
    }
    return this.#entries[layer];
  }
  #replace(layer, entry) {
    const old = this.#entries[layer];
    this.#entries[layer] = entry;
    old?.k.dispose();
    old?.v.dispose();
  }
};
var lengthOf = (entry) => entry?.k.shape[2] ?? 0;
function checkShapes3(k, v, past) {
  if (k.rank !== 4 || v.rank !== 4 || [0, 1, 2].some((i) => k.shape[i] !== v.shape[i])) {
    throw new Error(
      `KVCache: keys and values must be [batch, heads, time, head dim] of the same positions, got [${k.shape}] and [${v.shape}]`
    );
  }
  if (!past) return;
  for (const [name, tensor13, old] of [
    ["keys", k, past.k],
    ["values", v, past.v]
  ]) {
    if ([0, 1, 3].some((i) => tensor13.shape[i] !== old.shape[i])) {
      throw new Error(`KVCache: ${name} of shape [${tensor13.shape}] do not continue the cached [${old.shape}]`);
    }
  }
}

// ../../packages/norms/layernorm/src/layer-norm.ts
import { add as add11, mean, mul as mul11, rsqrt, square as square6, sub as sub7, tidy as tidy13 } from "@tensorflow/tfjs-core";
var layerNormContract = {
  name: "LayerNorm",
  differentiable: ["x", "weight", "bias"],
  saved: ["x", "weight", "mean", "scale"],
  statistics: ["mean", "scale"]
};
var op4 = defineOp({
  contract: layerNormContract,
  composite: ({ x, weight, bias }, { eps }) => {
    const centered = sub7(x, mean(x, -1, true));
    const variance = mean(square6(centered), -1, true);
    const y = mul11(mul11(centered, rsqrt(add11(variance, eps))), weight);
    return bias ? add11(y, bias) : y;
  }
});
function layerNorm(x_D, weight_D, bias_D, { eps = 1e-5 } = {}) {
  checkVector("weight", weight_D, x_D);
  if (bias_D) checkVector("bias", bias_D, x_D);
  if (!(eps > 0)) throw new Error(`layerNorm: eps must be above 0, or constant rows become NaN; got ${eps}`);
  return tidy13(() => op4({ x: x_D, weight: weight_D, bias: bias_D }, { eps }));
}
function checkVector(name, vector, x) {
  if (x.rank === 0) throw new Error("layerNorm: x must have at least one dimension, got a scalar");
  const dim = x.shape[x.rank - 1];
  if (vector.rank === 1 && vector.shape[0] === dim) return;
  throw new Error(`layerNorm: ${name} must have shape [${dim}] to match x [${x.shape}], got [${vector.shape}]`);
}

// ../../packages/norms/layernorm/src/module.ts
import { ones as ones2, zeros as zeros4 } from "@tensorflow/tfjs-core";
var LayerNorm = class extends Module {
  weight;
  bias;
  eps;
  constructor({ dim, eps = 1e-5, bias = true }) {
    super();
    this.weight = parameter(ones2([dim]));
    if (bias) this.bias = parameter(zeros4([dim]));
    this.eps = eps;
  }
  /** [..., dim] → [..., dim] */
  forward(x) {
    return layerNorm(x, this.weight, this.bias, { eps: this.eps });
  }
};

// ../../packages/positions/learned-position/src/learned-position.ts
import { slice as slice3 } from "@tensorflow/tfjs-core";
function learnedPosition(table_TD, length, offset = 0) {
  if (table_TD.rank !== 2) {
    throw new Error(`learnedPosition: table must be [maxLength, dim], got shape [${table_TD.shape}]`);
  }
  const [maxLength, dim] = table_TD.shape;
  for (const [name, value] of Object.entries({ length, offset })) {
    if (!Number.isInteger(value) || value < 0) {
      throw new Error(`learnedPosition: ${name} must be a whole number of at least 0, got ${value}`);
    }
  }
  if (offset + length > maxLength) {
    throw new Error(
      `learnedPosition: positions ${offset} \u2026 ${offset + length - 1} exceed the table's ${maxLength} rows; crop the input to the model's maximal length`
    );
  }
  registerGradients();
  return slice3(table_TD, [offset, 0], [length, dim]);
}

// ../../packages/positions/learned-position/src/module.ts
import { tensor as tensor7 } from "@tensorflow/tfjs-core";
var LearnedPosition = class extends Module {
  weight;
  constructor({ maxLength, dim, std = 0.02, random = new Random(0) }) {
    super();
    const values = random.fillNormal(new Float32Array(maxLength * dim));
    for (let i = 0; i < values.length; i++) values[i] = values[i] * std;
    this.weight = parameter(tensor7(values, [maxLength, dim]));
  }
  /** → [length, dim], for the positions from `offset` on. */
  forward(length, offset = 0) {
    return learnedPosition(this.weight, length, offset);
  }
};

// ../../packages/feedforward/activations/src/gelu.ts
import { add as add12, erf, mul as mul12, sigmoid as sigmoid2, square as square7, tidy as tidy14 } from "@tensorflow/tfjs-core";
var geluContract = { name: "Gelu", differentiable: ["x"], saved: ["x"] };
var slope = 2 * Math.sqrt(2 / Math.PI);
var op5 = defineOp({
  contract: geluContract,
  composite: ({ x }, { approximation }) => {
    if (approximation === "tanh") return mul12(x, sigmoid2(mul12(x, add12(mul12(square7(x), slope * 0.044715), slope))));
    return mul12(x, add12(mul12(erf(mul12(x, Math.SQRT1_2)), 0.5), 0.5));
  }
});
function gelu(x, { approximation = "none" } = {}) {
  if (approximation !== "none" && approximation !== "tanh") {
    throw new Error(`gelu: approximation must be "none" or "tanh", got ${JSON.stringify(approximation)}`);
  }
  return tidy14(() => op5({ x }, { approximation }));
}

// ../../packages/feedforward/activations/src/relu.ts
import { square as square8, relu as tfjsRelu, tidy as tidy15 } from "@tensorflow/tfjs-core";
var squaredReluContract = { name: "SquaredRelu", differentiable: ["x"], saved: ["x"] };
var op6 = defineOp({
  contract: squaredReluContract,
  composite: ({ x }) => square8(tfjsRelu(x))
});
function relu(x) {
  registerGradients();
  return tfjsRelu(x);
}
function squaredRelu(x) {
  return tidy15(() => op6({ x }, {}));
}

// ../../packages/feedforward/activations/src/swish.ts
import { mul as mul13, sigmoid as sigmoid3, tidy as tidy16 } from "@tensorflow/tfjs-core";
var swishContract = { name: "Swish", differentiable: ["x"], saved: ["x"] };
var op7 = defineOp({
  contract: swishContract,
  composite: ({ x }, { beta }) => mul13(x, sigmoid3(beta === 1 ? x : mul13(x, beta)))
});
function swish(x, beta) {
  if (!Number.isFinite(beta)) throw new Error(`swish: beta must be a finite number, got ${beta}`);
  return tidy16(() => op7({ x }, { beta }));
}
function silu(x) {
  return swish(x, 1);
}

// ../../packages/feedforward/activations/src/activation.ts
var activations = /* @__PURE__ */ new Map([
  ["gelu", (x) => gelu(x)],
  ["gelu_tanh", (x) => gelu(x, { approximation: "tanh" })],
  ["relu", relu],
  ["silu", silu],
  ["squared_relu", squaredRelu]
]);
var synonyms = /* @__PURE__ */ new Map([
  ["gelu_new", "gelu_tanh"],
  ["gelu_fast", "gelu_tanh"],
  ["gelu_pytorch_tanh", "gelu_tanh"],
  ["swish", "silu"],
  ["relu2", "squared_relu"]
]);
function activation(name) {
  const found = activations.get(name);
  if (found) return found;
  const meant = synonyms.get(name);
  const hint = meant ? `; Hugging Face's "${name}" is "${meant}" here` : "";
  throw new Error(
    `activation: unknown name ${JSON.stringify(name)}, try one of ${[...activations.keys()].join(", ")}${hint}`
  );
}

// ../../packages/feedforward/mlp/src/module.ts
import { tidy as tidy17 } from "@tensorflow/tfjs-core";
var MLP = class extends Module {
  fcIn;
  fcOut;
  dropout;
  activation;
  constructor({
    dim,
    hiddenDim = 4 * dim,
    activation: activation2 = "gelu_tanh",
    bias = true,
    dropout: dropout2 = 0,
    std,
    projectionStd = std,
    random = new Random(0)
  }) {
    super();
    activation(activation2);
    this.activation = activation2;
    this.fcIn = new Linear({ inDim: dim, outDim: hiddenDim, bias, std, random });
    this.fcOut = new Linear({ inDim: hiddenDim, outDim: dim, bias, std: projectionStd, random });
    this.dropout = new Dropout({ rate: dropout2 });
  }
  /** [..., dim] → [..., dim] */
  forward(x) {
    const act = activation(this.activation);
    return tidy17(() => this.dropout.forward(this.fcOut.forward(act(this.fcIn.forward(x)))));
  }
};

// ../../packages/blocks/transformer-block/src/transformer-block.ts
import { add as add13, tidy as tidy18 } from "@tensorflow/tfjs-core";
function preNormBlock(x_BTD, parts) {
  const { norm1, attention: attention2, norm2, feedForward, dropout: dropout2 = 0 } = parts;
  registerGradients();
  return tidy18(() => {
    const h_BTD = residual(x_BTD, attention2(norm1(x_BTD)), dropout2, "attention");
    return residual(h_BTD, feedForward(norm2(h_BTD)), dropout2, "feedForward");
  });
}
function residual(x, branch, rate2, name) {
  if (branch.shape.join() !== x.shape.join()) {
    throw new Error(`preNormBlock: ${name} must keep the shape [${x.shape}], got [${branch.shape}]`);
  }
  return add13(x, dropout(branch, rate2));
}

// ../../packages/blocks/transformer-block/src/module.ts
var TransformerBlock = class extends Module {
  inputLayernorm;
  selfAttn;
  postAttentionLayernorm;
  mlp;
  dropout;
  constructor({ inputLayernorm, selfAttn, postAttentionLayernorm, mlp, dropout: dropout2 = 0 }) {
    super();
    this.inputLayernorm = inputLayernorm;
    this.selfAttn = selfAttn;
    this.postAttentionLayernorm = postAttentionLayernorm;
    this.mlp = mlp;
    this.dropout = dropout2;
  }
  /** [B, T, D] → [B, T, D]; the options are handed to the attention. */
  forward(x_BTD, options) {
    return preNormBlock(x_BTD, {
      norm1: (x) => this.inputLayernorm.forward(x),
      attention: (x) => this.selfAttn.forward(x, options),
      norm2: (x) => this.postAttentionLayernorm.forward(x),
      feedForward: (x) => this.mlp.forward(x),
      dropout: this.training ? this.dropout : 0
    });
  }
};

// ../../packages/models/gpt2/src/gpt2.ts
import { add as add14, slice as slice4, tidy as tidy19 } from "@tensorflow/tfjs-core";
var STD = 0.02;
var GPT2 = class extends Module {
  config;
  embedTokens;
  embedPositions;
  dropout;
  layers;
  norm;
  /**
   * @param config sizes
   * @param random initial weights; each module draws from a stream named by its path. Default: a fixed seed
   * @throws Error when a size is not a positive whole number, or `heads` does not divide `dim`
   */
  constructor(config, random = new Random(0)) {
    super();
    this.config = resolveConfig2(config);
    const { vocabSize, maxLength, dim, layers, bias, dropout: dropout2, normEps } = this.config;
    this.embedTokens = new Embedding({ vocabSize, dim, std: STD, random: random.fork("embed_tokens") });
    this.embedPositions = new LearnedPosition({ maxLength, dim, std: STD, random: random.fork("embed_positions") });
    this.dropout = new Dropout({ rate: dropout2 });
    this.layers = Array.from({ length: layers }, (_, i) => block(this.config, random.fork("layers", i)));
    this.norm = new LayerNorm({ dim, bias, eps: normEps });
  }
  /** The longest sequence, past positions in a cache included. */
  get maxLength() {
    return this.config.maxLength;
  }
  get vocabSize() {
    return this.config.vocabSize;
  }
  /** An empty cache for `forward`. The caller disposes it. */
  createCache() {
    return new KVCache({ layers: this.config.layers });
  }
  /**
   * The logits of the token that follows each position.
   *
   * @param ids_BT int32 [B, T]
   * @returns [B, T, V], or [B, 1, V] with `logits: "last"`
   * @throws Error when ids are not int32 [B, T], not in the vocabulary, or longer than `maxLength` allows
   */
  forward(ids_BT, { cache: cache2, mask = "causal", segments: segments2, logits = "all" } = {}) {
    const offset = cache2?.length ?? 0;
    checkIds(ids_BT, offset, this.maxLength);
    if (segments2 && (cache2 || mask !== "causal")) {
      throw new Error("GPT2: segments imply a causal mask within each segment; give neither mask nor cache with them");
    }
    registerGradients();
    return tidy19(() => {
      const [b, t] = ids_BT.shape;
      const seen = segments2 ? combineMasks(causalMask(t), segmentMask(segments2)) : mask;
      const embedded = add14(this.embedTokens.forward(ids_BT), this.embedPositions.forward(t, offset));
      const hidden_BTD = this.layers.reduce(
        (x, layer, i) => layer.forward(x, { mask: seen, cache: cache2, layer: i }),
        this.dropout.forward(embedded)
      );
      const kept2 = logits === "all" ? hidden_BTD : slice4(hidden_BTD, [0, t - 1, 0], [b, 1, this.config.dim]);
      return linear(this.norm.forward(kept2), this.embedTokens.weight);
    });
  }
};
function block(config, random) {
  const { dim, heads, hiddenDim, layers, bias, dropout: dropout2, normEps } = config;
  const init = { std: STD, projectionStd: STD / Math.sqrt(2 * layers) };
  const norm = () => new LayerNorm({ dim, bias, eps: normEps });
  return new TransformerBlock({
    inputLayernorm: norm(),
    selfAttn: new MultiHeadAttention({ dim, heads, bias, dropout: dropout2, ...init, random: random.fork("self_attn") }),
    postAttentionLayernorm: norm(),
    mlp: new MLP({ dim, hiddenDim, bias, ...init, random: random.fork("mlp") }),
    dropout: dropout2
  });
}
function checkIds(ids, offset, maxLength) {
  if (ids.rank !== 2 || ids.dtype !== "int32" || ids.size === 0) {
    throw new Error(
      `GPT2: ids must be int32 [batch, time] with at least one id, got ${ids.dtype} [${ids.shape}]; create them with tensor2d(rows, shape, "int32")`
    );
  }
  const length = offset + ids.shape[1];
  if (length > maxLength) {
    const cached = offset > 0 ? ` (${offset} of them in the cache)` : "";
    throw new Error(
      `GPT2: ${length} positions${cached} exceed the model's maxLength of ${maxLength}; keep the last ${maxLength} ids, or train a model with a longer context`
    );
  }
}

// ../../packages/models/gpt2/src/huggingface.ts
import { clone as clone4, concat as concat3, split as split2, tidy as tidy20, transpose as transpose4, zeros as zeros5 } from "@tensorflow/tfjs-core";
var OUTSIDE = { embed_tokens: "wte", embed_positions: "wpe", norm: "ln_f" };
var INSIDE = {
  input_layernorm: "ln_1",
  "self_attn.o_proj": "attn.c_proj",
  post_attention_layernorm: "ln_2",
  "mlp.fc_in": "mlp.c_fc",
  "mlp.fc_out": "mlp.c_proj"
};
var FUSED = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"];
var PATH = /^(?:(?:layers|h)\.(\d+)\.)?(.+)\.(weight|bias)$/;
function toHuggingFace(state) {
  return converted((out) => {
    for (const [path, tensor13] of state) {
      const { layer, module, kind } = parse2(path);
      const prefix = layer === void 0 ? "" : `h.${layer}.`;
      const part = layer === void 0 ? -1 : FUSED.indexOf(module);
      if (part === 0) out.set(`${prefix}attn.c_attn.${kind}`, fuse(state, `layers.${layer}`, kind));
      if (part >= 0) continue;
      const theirs = own(layer === void 0 ? OUTSIDE : INSIDE, module, path);
      out.set(`${prefix}${theirs}.${kind}`, transposes(theirs, kind) ? turned(tensor13) : clone4(tensor13));
    }
    for (const [name, tensor13] of [...out]) {
      const bias = name.replace(/weight$/, "bias");
      if (/^w[tp]e\./.test(name) || out.has(bias)) continue;
      out.set(
        bias,
        tidy20(() => zeros5([tensor13.shape.at(-1)]))
      );
    }
  });
}
function fromHuggingFace(state) {
  return converted((out) => {
    for (const [name, tensor13] of state) {
      if (name === "lm_head.weight" || /\.attn\.(masked_)?bias$/.test(name)) continue;
      const { layer, module, kind } = parse2(name.replace(/^transformer\./, ""));
      const prefix = layer === void 0 ? "" : `layers.${layer}.`;
      if (layer !== void 0 && module === "attn.c_attn") {
        unfuse(tensor13, kind).forEach((third, i) => {
          out.set(`${prefix}${FUSED[i]}.${kind}`, third);
        });
        continue;
      }
      const ours = own(layer === void 0 ? REVERSE_OUTSIDE : REVERSE_INSIDE, module, name);
      out.set(`${prefix}${ours}.${kind}`, transposes(module, kind) ? turned(tensor13) : clone4(tensor13));
    }
  });
}
var reverse2 = (map) => Object.fromEntries(Object.entries(map).map(([ours, theirs]) => [theirs, ours]));
var REVERSE_OUTSIDE = reverse2(OUTSIDE);
var REVERSE_INSIDE = reverse2(INSIDE);
function converted(fill2) {
  const out = /* @__PURE__ */ new Map();
  try {
    fill2(out);
    return out;
  } catch (error) {
    for (const tensor13 of out.values()) tensor13.dispose();
    throw error;
  }
}
function parse2(path) {
  const [, layer, module, kind] = PATH.exec(path) ?? [];
  if (!module || !kind) throw new Error(`GPT-2 parameters end in .weight or .bias, got "${path}"`);
  return { layer, module, kind };
}
function own(map, module, path) {
  const name = Object.hasOwn(map, module) ? map[module] : void 0;
  if (name === void 0) throw new Error(`GPT-2 has no parameter "${path}"`);
  return name;
}
var transposes = (theirs, kind) => kind === "weight" && /\.c_(proj|fc)$/.test(theirs);
var turned = (matrix) => tidy20(() => transpose4(matrix));
function fuse(state, prefix, kind) {
  const parts = FUSED.map((name) => {
    const part = state.get(`${prefix}.${name}.${kind}`);
    if (!part) throw new Error(`GPT-2 stores q, k and v together, but ${prefix}.${name}.${kind} is missing`);
    return part;
  });
  return tidy20(() => kind === "bias" ? concat3(parts) : transpose4(concat3(parts)));
}
function unfuse(tensor13, kind) {
  return tidy20(() => split2(kind === "bias" ? tensor13 : transpose4(tensor13), 3));
}

// ../../packages/models/gpt2/src/huggingface-config.ts
function toHuggingFaceConfig(config) {
  const { vocabSize, maxLength, dim, heads, layers, hiddenDim, dropout: dropout2, normEps } = resolveConfig2(config);
  return {
    architectures: ["GPT2LMHeadModel"],
    model_type: "gpt2",
    vocab_size: vocabSize,
    n_positions: maxLength,
    n_ctx: maxLength,
    n_embd: dim,
    n_head: heads,
    n_layer: layers,
    n_inner: hiddenDim === 4 * dim ? null : hiddenDim,
    activation_function: "gelu_new",
    layer_norm_epsilon: normEps,
    resid_pdrop: dropout2,
    embd_pdrop: dropout2,
    attn_pdrop: dropout2,
    initializer_range: 0.02,
    tie_word_embeddings: true,
    torch_dtype: "float32"
  };
}
function fromHuggingFaceConfig(json) {
  const read = (key) => Object.hasOwn(json, key) ? json[key] : void 0;
  const only = (key, ...allowed2) => {
    const value = read(key);
    if (value === void 0 || allowed2.includes(value)) return;
    throw new Error(`GPT-2 config.json: ${key} is ${JSON.stringify(value)}, only ${JSON.stringify(allowed2[0])} is known`);
  };
  const number2 = (key, fallback) => {
    const value = read(key) ?? fallback;
    if (typeof value === "number") return value;
    throw new Error(`GPT-2 config.json: ${key} must be a number, got ${JSON.stringify(value)}`);
  };
  only("model_type", "gpt2");
  only("activation_function", "gelu_new", "gelu_pytorch_tanh");
  only("tie_word_embeddings", true);
  only("scale_attn_weights", true);
  only("scale_attn_by_inverse_layer_idx", false);
  only("add_cross_attention", false);
  const dim = number2("n_embd");
  return resolveConfig2({
    vocabSize: number2("vocab_size"),
    maxLength: number2("n_positions"),
    dim,
    heads: number2("n_head"),
    layers: number2("n_layer"),
    hiddenDim: number2("n_inner", 4 * dim),
    bias: true,
    dropout: number2("resid_pdrop", 0.1),
    normEps: number2("layer_norm_epsilon", 1e-5)
  });
}

// ../../packages/feedforward/glu/src/glu.ts
import { mul as mul14, tidy as tidy21 } from "@tensorflow/tfjs-core";
var gluContract = { name: "GLU", differentiable: ["gate", "up"], saved: ["gate", "up"] };
var op8 = defineOp({
  contract: gluContract,
  composite: ({ gate, up }, { activation: activation2 }) => mul14(activation(activation2)(gate), up)
});
function glu(gate_F, up_F, { activation: activation2 = "silu" } = {}) {
  if (gate_F.shape.join() !== up_F.shape.join()) {
    throw new Error(`glu: gate and up must have the same shape, got [${gate_F.shape}] and [${up_F.shape}]`);
  }
  activation(activation2);
  return tidy21(() => op8({ gate: gate_F, up: up_F }, { activation: activation2 }));
}

// ../../packages/feedforward/glu/src/hidden-dim.ts
function gluHiddenDim(dim, { multiplier = 1, multipleOf = 256 } = {}) {
  for (const [name, value] of Object.entries({ dim, multipleOf })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`gluHiddenDim: ${name} must be a whole number of at least 1, got ${value}`);
    }
  }
  if (!(multiplier > 0 && Number.isFinite(multiplier))) {
    throw new RangeError(`gluHiddenDim: multiplier must be a finite number above 0, got ${multiplier}`);
  }
  const width = Math.floor(multiplier * Math.floor(8 * dim / 3));
  return Math.max(1, Math.ceil(width / multipleOf)) * multipleOf;
}

// ../../packages/feedforward/glu/src/module.ts
import { tidy as tidy22 } from "@tensorflow/tfjs-core";
var GLU = class extends Module {
  gateProj;
  upProj;
  downProj;
  activation;
  constructor({
    dim,
    hiddenDim = gluHiddenDim(dim),
    activation: activation2 = "silu",
    bias = false,
    std,
    projectionStd = std,
    random = new Random(0)
  }) {
    super();
    activation(activation2);
    this.activation = activation2;
    this.gateProj = new Linear({ inDim: dim, outDim: hiddenDim, bias, std, random });
    this.upProj = new Linear({ inDim: dim, outDim: hiddenDim, bias, std, random });
    this.downProj = new Linear({ inDim: hiddenDim, outDim: dim, bias, std: projectionStd, random });
  }
  /** [..., dim] → [..., dim] */
  forward(x) {
    const { activation: activation2 } = this;
    return tidy22(() => this.downProj.forward(glu(this.gateProj.forward(x), this.upProj.forward(x), { activation: activation2 })));
  }
};

// ../../packages/models/llama/src/config.ts
var one2 = { vocabSize: 32e3, maxLength: 2048, normEps: 1e-6 };
var two = { vocabSize: 32e3, maxLength: 4096, normEps: 1e-5 };
var three = { vocabSize: 128256, maxLength: 8192, normEps: 1e-5, kvHeads: 8, ropeBase: 5e5 };
var size7 = { dim: 4096, heads: 32, layers: 32, hiddenDim: 11008 };
var size13 = { dim: 5120, heads: 40, layers: 40, hiddenDim: 13824 };
var size70 = { dim: 8192, heads: 64, kvHeads: 8, layers: 80, hiddenDim: 28672 };
var llamaPresets = {
  "llama-7b": { ...one2, ...size7 },
  "llama-13b": { ...one2, ...size13 },
  "llama-33b": { ...one2, dim: 6656, heads: 52, layers: 60, hiddenDim: 17920 },
  "llama-65b": { ...one2, dim: 8192, heads: 64, layers: 80, hiddenDim: 22016 },
  "llama-2-7b": { ...two, ...size7 },
  "llama-2-13b": { ...two, ...size13 },
  "llama-2-70b": { ...two, ...size70 },
  "llama-3-8b": { ...three, dim: 4096, heads: 32, layers: 32, hiddenDim: 14336 },
  "llama-3-70b": { ...three, ...size70 },
  "llama-3.2-1b": {
    ...three,
    ...{ dim: 2048, heads: 32, layers: 16, hiddenDim: 8192, maxLength: 131072, tied: true },
    ropeScaling: { kind: "llama3", factor: 32, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalLength: 8192 }
  },
  "tinyllama-1.1b": { ...one2, normEps: 1e-5, dim: 2048, heads: 32, kvHeads: 4, layers: 22, hiddenDim: 5632 },
  stories15m: { ...one2, normEps: 1e-5, maxLength: 256, dim: 288, heads: 6, layers: 6, hiddenDim: 768, tied: true }
};
function resolveConfig3(config) {
  const { vocabSize, maxLength, dim, heads, layers } = config;
  const { kvHeads = heads, headDim = dim / heads, hiddenDim = gluHiddenDim(dim) } = config;
  const sizes = { vocabSize, maxLength, dim, heads, kvHeads, headDim, hiddenDim, layers };
  for (const [name, size2] of Object.entries(sizes)) {
    if (Number.isSafeInteger(size2) && size2 > 0) continue;
    const hint = name === "headDim" ? "; without headDim, heads must divide dim" : "";
    throw new Error(`Llama: ${name} must be a positive whole number, got ${size2}${hint}`);
  }
  if (heads % kvHeads !== 0) throw new Error(`Llama: kvHeads must divide heads = ${heads}, got ${kvHeads}`);
  if (headDim % 2 !== 0) throw new Error(`Llama: headDim must be even, because features rotate in pairs; got ${headDim}`);
  const { ropeBase = 1e4, ropeScaling, normEps = 1e-5, tied = false } = config;
  return { ...sizes, ropeBase, normEps, tied, ...ropeScaling && { ropeScaling } };
}

// ../../packages/models/llama/src/huggingface-config.ts
function toHuggingFaceConfig2(config) {
  const c = resolveConfig3(config);
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    vocab_size: c.vocabSize,
    max_position_embeddings: c.maxLength,
    hidden_size: c.dim,
    intermediate_size: c.hiddenDim,
    num_hidden_layers: c.layers,
    num_attention_heads: c.heads,
    num_key_value_heads: c.kvHeads,
    head_dim: c.headDim,
    hidden_act: "silu",
    rms_norm_eps: c.normEps,
    rope_theta: c.ropeBase,
    rope_scaling: c.ropeScaling ? writeScaling(c.ropeScaling) : null,
    attention_bias: false,
    mlp_bias: false,
    attention_dropout: 0,
    initializer_range: 0.02,
    tie_word_embeddings: c.tied,
    torch_dtype: "float32"
  };
}
function fromHuggingFaceConfig2(json) {
  const { only, number: number2 } = reader(json, "LLaMA config.json");
  only("model_type", "llama");
  only("hidden_act", "silu", "swish");
  only("attention_bias", false);
  only("mlp_bias", false);
  const dim = number2("hidden_size");
  const heads = number2("num_attention_heads");
  const nested = own2(json, "rope_parameters");
  const rope2 = isObject(nested) ? nested : json;
  const scaling = readScaling(isObject(nested) ? nested : own2(json, "rope_scaling"));
  return resolveConfig3({
    vocabSize: number2("vocab_size"),
    maxLength: number2("max_position_embeddings", 2048),
    dim,
    heads,
    layers: number2("num_hidden_layers"),
    kvHeads: number2("num_key_value_heads", heads),
    headDim: number2("head_dim", dim / heads),
    hiddenDim: number2("intermediate_size"),
    ropeBase: reader(rope2, "LLaMA config.json").number("rope_theta", 1e4),
    ...scaling && { ropeScaling: scaling },
    normEps: number2("rms_norm_eps", 1e-6),
    tied: own2(json, "tie_word_embeddings") === true
  });
}
function writeScaling(scaling) {
  if (scaling.kind === "linear") return { rope_type: "linear", factor: scaling.factor };
  const { factor, lowFrequencyFactor = 1, highFrequencyFactor = 4, originalLength = 8192 } = scaling;
  return {
    rope_type: "llama3",
    factor,
    low_freq_factor: lowFrequencyFactor,
    high_freq_factor: highFrequencyFactor,
    original_max_position_embeddings: originalLength
  };
}
function readScaling(json) {
  if (json === void 0 || json === null) return void 0;
  if (!isObject(json)) throw new Error(`LLaMA config.json: rope_scaling must be an object, got ${JSON.stringify(json)}`);
  const kind = own2(json, "rope_type") ?? own2(json, "type");
  const { number: number2 } = reader(json, "LLaMA config.json, rope_scaling");
  if (kind === "default" || kind === void 0) return void 0;
  if (kind === "linear") return { kind, factor: number2("factor") };
  if (kind === "llama3") {
    return {
      kind,
      factor: number2("factor"),
      lowFrequencyFactor: number2("low_freq_factor"),
      highFrequencyFactor: number2("high_freq_factor"),
      originalLength: number2("original_max_position_embeddings")
    };
  }
  throw new Error(`LLaMA config.json: rope_scaling of type ${JSON.stringify(kind)} is not known; linear and llama3 are`);
}
var own2 = (json, key) => Object.hasOwn(json, key) ? json[key] : void 0;
var isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
function reader(json, where3) {
  return {
    only(key, ...allowed2) {
      const value = own2(json, key);
      if (value === void 0 || allowed2.includes(value)) return;
      throw new Error(`${where3}: ${key} is ${JSON.stringify(value)}, only ${JSON.stringify(allowed2[0])} is known`);
    },
    number(key, fallback) {
      const value = own2(json, key) ?? fallback;
      if (typeof value === "number") return value;
      throw new Error(`${where3}: ${key} must be a number, got ${JSON.stringify(value)}`);
    }
  };
}

// ../../packages/models/llama/src/llama.ts
import { slice as slice6, tidy as tidy26 } from "@tensorflow/tfjs-core";

// ../../packages/attention/gqa/src/gqa.ts
import { mul as mul15, reshape as reshape10, softmax as softmax3, tidy as tidy23 } from "@tensorflow/tfjs-core";
var op9 = defineOp({
  contract: attentionContract,
  composite: ({ q, k, v, mask }, { causal, scale }) => composite2(q, k, v, mask ?? (causal ? "causal" : "none"), scale)
});
function composite2(q, k, v, mask, scale, rate2 = 0) {
  const [b, n, t, h] = q.shape;
  const [, kvHeads, s, hV] = v.shape;
  const rows = n / kvHeads * t;
  return tidy23(() => {
    const folded = product2(reshape10(mul15(q, scale), [b, kvHeads, rows, h]), k, false, true);
    const scores_BNTS = applyMask(reshape10(folded, [b, n, t, s]), mask);
    const weights_BNTS = dropout(softmax3(scores_BNTS), rate2);
    const values = product2(reshape10(weights_BNTS, [b, kvHeads, rows, s]), v);
    return clearMaskedRows(reshape10(values, [b, n, t, hV]), mask);
  });
}
function groupedQueryAttention(q_BNTH, k_BKSH, v_BKSH, options = {}) {
  const [b, n, , h] = q_BNTH.shape;
  const { mask = "causal", scale = h ** -0.5, dropout: dropout2 = 0 } = options;
  const [bK, kvHeads, s, hK] = k_BKSH.shape;
  if (q_BNTH.rank !== 4 || k_BKSH.rank !== 4 || bK !== b || hK !== h || n % kvHeads !== 0) {
    throw new Error(
      `groupedQueryAttention: q [B,N,T,H] and k [B,K,S,H] must agree in B and H, and K must divide N, got [${q_BNTH.shape}] and [${k_BKSH.shape}]`
    );
  }
  if (v_BKSH.rank !== 4 || v_BKSH.shape.slice(0, 3).join() !== `${b},${kvHeads},${s}`) {
    throw new Error(
      `groupedQueryAttention: v must have shape [${b},${kvHeads},${s},\u2026] to match k, got [${v_BKSH.shape}]`
    );
  }
  if (dropout2 > 0) return composite2(q_BNTH, k_BKSH, v_BKSH, mask, scale, dropout2);
  const tensor13 = typeof mask === "string" ? void 0 : mask;
  return op9({ q: q_BNTH, k: k_BKSH, v: v_BKSH, mask: tensor13 }, { causal: mask === "causal", scale });
}

// ../../packages/attention/gqa/src/module.ts
var GroupedQueryAttention = class extends SelfAttention {
  constructor({ bias = false, ...config }) {
    super({ ...config, bias });
  }
  attend(q_BNTH, k_BKSH, v_BKSH, options) {
    return groupedQueryAttention(q_BNTH, k_BKSH, v_BKSH, options);
  }
};

// ../../packages/norms/rmsnorm/src/module.ts
import { ones as ones3 } from "@tensorflow/tfjs-core";

// ../../packages/norms/rmsnorm/src/rms-norm.ts
import { add as add15, mean as mean2, mul as mul16, rsqrt as rsqrt2, square as square9, tidy as tidy24 } from "@tensorflow/tfjs-core";
var rmsNormContract = {
  name: "RMSNorm",
  differentiable: ["x", "weight"],
  saved: ["x", "weight", "scale"],
  statistics: ["scale"]
};
var op10 = defineOp({
  contract: rmsNormContract,
  composite: ({ x, weight }, { eps }) => mul16(mul16(x, rsqrt2(add15(mean2(square9(x), -1, true), eps))), weight)
});
function rmsNorm(x_D, weight_D, { eps = 1e-6 } = {}) {
  if (x_D.rank === 0) throw new Error("rmsNorm: x must have at least one dimension, got a scalar");
  const dim = x_D.shape[x_D.rank - 1];
  if (weight_D.rank !== 1 || weight_D.shape[0] !== dim) {
    throw new Error(`rmsNorm: weight must have shape [${dim}] to match x [${x_D.shape}], got [${weight_D.shape}]`);
  }
  if (!(eps > 0)) throw new Error(`rmsNorm: eps must be above 0, or rows of zeros become NaN; got ${eps}`);
  return tidy24(() => op10({ x: x_D, weight: weight_D }, { eps }));
}

// ../../packages/norms/rmsnorm/src/module.ts
var RMSNorm = class extends Module {
  weight;
  eps;
  constructor({ dim, eps = 1e-6 }) {
    super();
    this.weight = parameter(ones3([dim]));
    this.eps = eps;
  }
  /** [..., dim] → [..., dim] */
  forward(x) {
    return rmsNorm(x, this.weight, { eps: this.eps });
  }
};

// ../../packages/positions/rope/src/module.ts
import { keep as keep5 } from "@tensorflow/tfjs-core";

// ../../packages/positions/rope/src/rope.ts
import { add as add16, concat as concat4, mul as mul17, ones as ones4, reshape as reshape11, slice as slice5, stack as stack2, tensor as tensor8, tidy as tidy25, zeros as zeros6 } from "@tensorflow/tfjs-core";
var ropeContract = { name: "Rope", differentiable: ["x"], saved: ["cos", "sin"] };
var op11 = defineOp({
  contract: ropeContract,
  composite: ({ x, cos: cos2, sin: sin2 }, { layout, offset }) => {
    const [time, headDim] = x.shape.slice(-2);
    const cos_TH = perFeature(slice5(cos2, [offset, 0], [time, -1]), headDim, layout, ones4);
    const sin_TH = perFeature(slice5(sin2, [offset, 0], [time, -1]), headDim, layout, zeros6);
    const turned2 = product2(x, quarterTurn(headDim, cos2.shape[1], layout));
    return add16(mul17(x, cos_TH), mul17(turned2, sin_TH));
  }
});
function rope(x_BNTH, table, { layout = "half", offset = 0 } = {}) {
  const { cos: cos2, sin: sin2 } = table;
  if (cos2.rank !== 2 || cos2.shape.join() !== sin2.shape.join()) {
    throw new Error(`rope: cos and sin must both be [length, headDim/2], got [${cos2.shape}] and [${sin2.shape}]`);
  }
  const [length, pairs] = cos2.shape;
  if (x_BNTH.rank < 2) throw new Error(`rope: x must be [..., time, headDim], got shape [${x_BNTH.shape}]`);
  const [time, headDim] = x_BNTH.shape.slice(-2);
  if (2 * pairs > headDim) {
    throw new Error(`rope: the table rotates ${2 * pairs} features, but x [${x_BNTH.shape}] has only ${headDim}`);
  }
  if (!Number.isInteger(offset) || offset < 0) {
    throw new Error(`rope: offset must be a whole number of at least 0, got ${offset}`);
  }
  if (offset + time > length) {
    throw new Error(
      `rope: positions ${offset} \u2026 ${offset + time - 1} exceed the table's ${length}; build it with a larger length`
    );
  }
  if (layout !== "half" && layout !== "interleaved") {
    throw new Error(`rope: layout must be "half" or "interleaved", got ${JSON.stringify(layout)}`);
  }
  return tidy25(() => op11({ x: x_BNTH, cos: cos2, sin: sin2 }, { layout, offset }));
}
function perFeature(values, headDim, layout, rest) {
  const [time, pairs] = values.shape;
  const twice = layout === "half" ? concat4([values, values], 1) : reshape11(stack2([values, values], 2), [time, 2 * pairs]);
  return headDim === 2 * pairs ? twice : concat4([twice, rest([time, headDim - 2 * pairs])], 1);
}
function quarterTurn(headDim, pairs, layout) {
  const values = new Float32Array(headDim * headDim);
  for (let i = 0; i < pairs; i++) {
    const [a, b] = layout === "half" ? [i, i + pairs] : [2 * i, 2 * i + 1];
    values[b * headDim + a] = -1;
    values[a * headDim + b] = 1;
  }
  return tensor8(values, [headDim, headDim]);
}

// ../../packages/positions/rope/src/table.ts
import { tensor as tensor9 } from "@tensorflow/tfjs-core";
function ropeFrequencies({ headDim, base = 1e4, scaling }) {
  if (!Number.isInteger(headDim) || headDim < 2 || headDim % 2 !== 0) {
    throw new Error(
      `ropeFrequencies: headDim must be even and at least 2, because features turn in pairs; got ${headDim}`
    );
  }
  if (!(base > 0 && Number.isFinite(base))) throw new Error(`ropeFrequencies: base must be above 0, got ${base}`);
  const frequencies = Float64Array.from({ length: headDim / 2 }, (_, i) => base ** (-2 * i / headDim));
  if (!scaling) return frequencies;
  if (!(scaling.factor > 0)) throw new Error(`ropeFrequencies: scaling.factor must be above 0, got ${scaling.factor}`);
  if (scaling.kind === "linear") return frequencies.map((theta) => theta / scaling.factor);
  if (scaling.kind === "llama3") return frequencies.map(llama3(scaling));
  const kind = JSON.stringify(scaling.kind);
  throw new Error(`ropeFrequencies: scaling.kind must be "linear" or "llama3", got ${kind}`);
}
function llama3(scaling) {
  const { factor, lowFrequencyFactor: low = 1, highFrequencyFactor: high2 = 4, originalLength = 8192 } = scaling;
  if (!(high2 > low && low > 0 && originalLength > 0)) {
    throw new Error(
      `ropeFrequencies: llama3 scaling needs 0 < lowFrequencyFactor < highFrequencyFactor and originalLength above 0, got ${low}, ${high2}, ${originalLength}`
    );
  }
  return (theta) => {
    const turns = originalLength * theta / (2 * Math.PI);
    const keep6 = Math.min(1, Math.max(0, (turns - low) / (high2 - low)));
    return keep6 * theta + (1 - keep6) * theta / factor;
  };
}
function ropeTable({ length, ...frequencyOptions }) {
  if (!Number.isInteger(length) || length < 1) {
    throw new Error(`ropeTable: length must be a whole number of at least 1, got ${length}`);
  }
  const frequencies = ropeFrequencies(frequencyOptions);
  const pairs = frequencies.length;
  const angle = (k) => Math.floor(k / pairs) * frequencies[k % pairs];
  const fill2 = (f) => tensor9(
    Float32Array.from({ length: length * pairs }, (_, k) => f(angle(k))),
    [length, pairs]
  );
  return { cos: fill2(Math.cos), sin: fill2(Math.sin) };
}

// ../../packages/positions/rope/src/module.ts
var Rope = class extends Module {
  config;
  #table;
  constructor(config) {
    super();
    const { rotaryDim = config.headDim, headDim } = config;
    if (rotaryDim > headDim) throw new Error(`Rope: rotaryDim ${rotaryDim} must not exceed headDim ${headDim}`);
    this.config = config;
  }
  /** Cosines and sines, each [maxLength, rotaryDim/2]. Owned by this module. */
  get table() {
    if (!this.#table) {
      const { headDim, rotaryDim = headDim, maxLength, base, scaling } = this.config;
      const { cos: cos2, sin: sin2 } = ropeTable({ headDim: rotaryDim, length: maxLength, base, scaling });
      this.#table = { cos: keep5(cos2), sin: keep5(sin2) };
    }
    return this.#table;
  }
  /** [..., T, headDim] → the same shape, for positions from `offset` on. */
  forward(x, offset = 0) {
    return rope(x, this.table, { layout: this.config.layout, offset });
  }
  /** Frees the table. */
  dispose() {
    super.dispose();
    this.#table?.cos.dispose();
    this.#table?.sin.dispose();
    this.#table = void 0;
  }
};

// ../../packages/models/llama/src/model.ts
var STD2 = 0.02;
var LlamaModel = class extends Module {
  embedTokens;
  layers;
  norm;
  /** Shared by all layers; holds no parameters. */
  rope;
  constructor(config, random) {
    super();
    const { vocabSize, maxLength, dim, headDim, layers, ropeBase, ropeScaling, normEps } = config;
    this.rope = new Rope({ headDim, maxLength, base: ropeBase, scaling: ropeScaling });
    this.embedTokens = new Embedding({ vocabSize, dim, std: STD2, random: random.fork("embed_tokens") });
    this.layers = Array.from({ length: layers }, (_, i) => block2(config, this.rope, random.fork("layers", i)));
    this.norm = new RMSNorm({ dim, eps: normEps });
  }
  /** int32 [B, T] → [B, T, D], normed. The options reach every layer's attention, with the layer's number. */
  forward(ids_BT, options) {
    const x_BTD = this.layers.reduce(
      (x, layer, i) => layer.forward(x, { ...options, layer: i }),
      this.embedTokens.forward(ids_BT)
    );
    return this.norm.forward(x_BTD);
  }
};
function block2(config, rope2, random) {
  const { dim, heads, kvHeads, headDim, hiddenDim, layers, normEps } = config;
  const init = { std: STD2, projectionStd: STD2 / Math.sqrt(2 * layers) };
  const attention2 = { dim, heads, kvHeads, headDim, position: rope2, ...init };
  return new TransformerBlock({
    inputLayernorm: new RMSNorm({ dim, eps: normEps }),
    selfAttn: new GroupedQueryAttention({ ...attention2, random: random.fork("self_attn") }),
    postAttentionLayernorm: new RMSNorm({ dim, eps: normEps }),
    mlp: new GLU({ dim, hiddenDim, ...init, random: random.fork("mlp") })
  });
}

// ../../packages/models/llama/src/llama.ts
var Llama = class extends Module {
  config;
  model;
  /** Absent when tied. */
  lmHead;
  /**
   * @param config sizes
   * @param random initial weights; each module draws from a stream named by its path. Default: a fixed seed
   * @throws Error when a size is not a positive whole number, `kvHeads` does not divide `heads`, or `headDim` is odd
   */
  constructor(config, random = new Random(0)) {
    super();
    this.config = resolveConfig3(config);
    const { dim, vocabSize, tied } = this.config;
    this.model = new LlamaModel(this.config, random.fork("model"));
    if (tied) return;
    this.lmHead = new Linear({ inDim: dim, outDim: vocabSize, bias: false, std: STD2, random: random.fork("lm_head") });
  }
  /** The longest sequence, past positions in a cache included. */
  get maxLength() {
    return this.config.maxLength;
  }
  get vocabSize() {
    return this.config.vocabSize;
  }
  /** An empty cache for `forward`. The caller disposes it. */
  createCache() {
    return new KVCache({ layers: this.config.layers });
  }
  /**
   * The logits of the token that follows each position.
   *
   * @param ids_BT int32 [B, T]
   * @returns [B, T, V], or [B, 1, V] with `logits: "last"`
   * @throws Error when ids are not int32 [B, T], not in the vocabulary, or longer than `maxLength` allows
   */
  forward(ids_BT, { cache: cache2, mask = "causal", segments: segments2, logits = "all" } = {}) {
    checkIds2(ids_BT, cache2?.length ?? 0, this.maxLength);
    if (segments2 && (cache2 || mask !== "causal")) {
      throw new Error("Llama: segments imply a causal mask within each segment; give neither mask nor cache with them");
    }
    registerGradients();
    return tidy26(() => {
      const [b, t] = ids_BT.shape;
      const seen = segments2 ? combineMasks(causalMask(t), segmentMask(segments2)) : mask;
      const options = { mask: seen, cache: cache2 };
      const hidden_BTD = this.model.forward(ids_BT, options);
      const kept2 = logits === "all" ? hidden_BTD : slice6(hidden_BTD, [0, t - 1, 0], [b, 1, this.config.dim]);
      return this.lmHead ? this.lmHead.forward(kept2) : linear(kept2, this.model.embedTokens.weight);
    });
  }
  /** Frees all parameters and the table of rotations. */
  dispose() {
    super.dispose();
    this.model.rope.dispose();
  }
};
function checkIds2(ids, offset, maxLength) {
  if (ids.rank !== 2 || ids.dtype !== "int32" || ids.size === 0) {
    throw new Error(
      `Llama: ids must be int32 [batch, time] with at least one id, got ${ids.dtype} [${ids.shape}]; create them with tensor2d(rows, shape, "int32")`
    );
  }
  const length = offset + ids.shape[1];
  if (length > maxLength) {
    const cached = offset > 0 ? ` (${offset} of them in the cache)` : "";
    throw new Error(
      `Llama: ${length} positions${cached} exceed the model's maxLength of ${maxLength}; keep the last ${maxLength} ids, or set a larger maxLength if the model was trained for it`
    );
  }
}

// src/run/model.ts
import { dispose as dispose2 } from "@tensorflow/tfjs-core";
function architectureOf(config, vocabSize) {
  const { model, layers, heads, kvHeads, dim, hiddenDim, context, dropout: dropout2, bias, tied } = config;
  const sizes = { vocabSize, maxLength: context, dim, heads, layers, ...hiddenDim && { hiddenDim } };
  try {
    if (model === "gpt2") return { ...toHuggingFaceConfig({ ...sizes, bias, dropout: dropout2 }), ...!bias && { bias } };
    return toHuggingFaceConfig2({ ...sizes, kvHeads, tied });
  } catch (error) {
    throw new UserError(error.message);
  }
}
function modelFromArchitecture(architecture, seed = 0) {
  const random = new Random(seed).fork("weights");
  switch (architecture.model_type) {
    case "llama":
      return new Llama(fromHuggingFaceConfig2(architecture), random);
    case "gpt2":
      return new GPT2({ ...fromHuggingFaceConfig(architecture), bias: architecture.bias !== false }, random);
    default:
      throw new UserError(`models of the type ${JSON.stringify(architecture.model_type)} are not known; llama and gpt2 are`);
  }
}
function namesToHuggingFace(architecture, parameters) {
  if (architecture.model_type !== "gpt2") return { tensors: new Map(parameters), temporary: [] };
  const tensors = toHuggingFace(parameters);
  return { tensors, temporary: [...tensors.values()] };
}
function namesFromHuggingFace(architecture, tensors) {
  if (architecture.model_type !== "gpt2") {
    if (architecture.tie_word_embeddings === true) {
      tensors.get("lm_head.weight")?.dispose();
      tensors.delete("lm_head.weight");
    }
    return tensors;
  }
  const ours = fromHuggingFace(tensors);
  dispose2([...tensors.values()]);
  return ours;
}
function huggingFaceArchitecture({ bias: _, ...architecture }) {
  return architecture;
}

// src/run/bench.ts
var WARMUP = 3;
async function benchTraining(config) {
  const { batch, vocab, context, steps } = config;
  const model = modelFromArchitecture(architectureOf(config, vocab), 1);
  const parameters = model.namedParameters();
  const optimizer = new AdamW(parameters, { weightDecay: 0.1 });
  const random = new Random(1);
  const tokens = () => Int32Array.from({ length: batch * context }, () => random.integer(vocab));
  const bar2 = progress("bench", steps);
  const times = [];
  for (let step2 = -WARMUP; step2 < steps; step2++) {
    const batches = [{ inputs: tokens(), targets: tokens(), batch, context }];
    const began = performance.now();
    await trainStep({ parameters, optimizer, loss: textLoss(model), weight: targetCount, batches, learningRate: 1e-3, clip: 1, random });
    if (step2 >= 0) times.push(performance.now() - began);
    bar2.update(Math.max(0, step2 + 1), `${(times.at(-1) ?? 0).toFixed(1)} ms`);
  }
  bar2.stop();
  times.sort((a, b) => a - b);
  const median = times[times.length >> 1];
  const perSecond = 1e3 / median * batch * context;
  const result = {
    backend: config.backend,
    parameters: model.parameterCount(),
    msPerStep: { min: times[0], median, max: times.at(-1) },
    tokensPerSecond: perSecond,
    flopsPerSecond: perSecond * flopsPerToken(model.parameterCount(), config),
    peakRssBytes: process.resourceUsage().maxRSS * 1024
  };
  optimizer.dispose();
  model.dispose();
  return result;
}
function flopsPerToken(parameters, { layers, dim, context }) {
  return 6 * parameters + 12 * layers * dim * context;
}
function describeBench({ backend, parameters, msPerStep, tokensPerSecond, flopsPerSecond, peakRssBytes }) {
  const { min, median, max: max3 } = msPerStep;
  return [
    `${backend}, ${short(parameters)} parameters`,
    `step   ${median.toFixed(1)} ms (min ${min.toFixed(1)}, max ${max3.toFixed(1)})`,
    `speed  ${short(tokensPerSecond)} tokens/s, ${short(flopsPerSecond)}FLOP/s`,
    `memory ${short(peakRssBytes)}B at most`
  ].join("\n");
}

// src/ui/output.ts
function printResult(json, value, text2) {
  process.stdout.write(`${json ? JSON.stringify(value) : text2}
`);
}

// src/commands/bench.ts
function addBenchCommands(program2) {
  const bench = program2.command("bench").summary("measure speed").description("Measure speed on this machine.");
  const train2 = bench.command("train").summary("time whole training steps").description("Time whole training steps (forward, backward, clipping, AdamW) on random tokens, after a warm-up.").option("--batch <number>", "sequences in a batch", parseNumber, 12).option("--vocab <number>", "vocabulary size", parseNumber, 65).option("--steps <number>", "steps that count", parseNumber, 30).option("--json", "print the result as JSON");
  addFlags(train2, { ...modelShape, ...backendShape }).action(async ({ json, ...flags }) => {
    const config = resolveConfig(pretrainSchema, [["flags", { model: "gpt2", context: 64, bias: false, ...flags, data: ["-"] }]]);
    const backend = await activateBackend(config.backend);
    const result = await benchTraining({ ...config, backend });
    printResult(json, result, describeBench(result));
  });
}

// src/demo/demo.ts
import { existsSync as existsSync9 } from "fs";
import { mkdir as mkdir4 } from "fs/promises";
import { join as join18, relative } from "path";
import pc3 from "picocolors";

// src/run/chat.ts
import { createInterface } from "readline/promises";

// ../../packages/objectives/sft/src/formats.ts
var chatmlRole = (role) => ({ prefix: `<|im_start|>${role}
`, end: "<|im_end|>", gap: "\n" });
var llama3Role = (role) => ({
  prefix: `<|start_header_id|>${role}<|end_header_id|>

`,
  end: "<|eot_id|>",
  gap: ""
});
var chatFormats = {
  chatml: {
    start: "",
    roles: { system: chatmlRole("system"), user: chatmlRole("user"), assistant: chatmlRole("assistant") },
    specialTokens: ["<|im_start|>", "<|im_end|>"]
  },
  llama3: {
    start: "<|begin_of_text|>",
    roles: { system: llama3Role("system"), user: llama3Role("user"), assistant: llama3Role("assistant") },
    specialTokens: ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
  },
  plain: {
    start: "",
    roles: {
      system: { prefix: "", end: "\n\n", gap: "" },
      user: { prefix: "User: ", end: "\n\n", gap: "" },
      assistant: { prefix: "Assistant: ", end: "<|endoftext|>", gap: "\n\n" }
    },
    specialTokens: ["<|endoftext|>"]
  }
};
function chatFormat(format) {
  if (typeof format !== "string") return format;
  if (!Object.hasOwn(chatFormats, format)) {
    throw new Error(`sft: there is no chat format "${format}"; known are ${Object.keys(chatFormats).join(", ")}`);
  }
  return chatFormats[format];
}

// ../../packages/objectives/sft/src/render.ts
function conversationPieces(messages, format) {
  const rules = chatFormat(format);
  if (messages.length === 0) throw new Error("sft: a conversation needs at least one message");
  const pieces = messages.flatMap((message2, i) => {
    const { prefix, end, gap } = roleOf(rules, message2, i);
    const learned = message2.role === "assistant";
    return [
      { text: prefix, special: true, learned: false },
      { text: message2.content, special: false, learned },
      { text: end, special: true, learned },
      { text: gap, special: true, learned: false }
    ];
  });
  return [{ text: rules.start, special: true, learned: false }, ...pieces].filter(({ text: text2 }) => text2 !== "");
}
function promptPieces(messages, format) {
  if (messages.at(-1)?.role === "assistant") {
    throw new Error("sft: the last message of a prompt must not be the assistant's, whose turn it is");
  }
  const opening = { text: chatFormat(format).roles.assistant.prefix, special: true, learned: false };
  return [...conversationPieces(messages, format), opening].filter(({ text: text2 }) => text2 !== "");
}
function roleOf(format, { role, content }, i) {
  if (!Object.hasOwn(format.roles, role)) {
    throw new Error(`sft: message ${i} has the role "${role}"; roles are ${Object.keys(format.roles).join(", ")}`);
  }
  if (typeof content !== "string")
    throw new Error(`sft: the content of message ${i} must be text, got ${typeof content}`);
  return format.roles[role];
}

// ../../packages/objectives/sft/src/encode.ts
var IGNORE3 = -100;
function encodeConversation(messages, { encode, format }) {
  const pieces = conversationPieces(messages, format);
  if (!pieces.some(({ learned }) => learned)) {
    throw new Error("encodeConversation: no message is the assistant's, so there is nothing to learn");
  }
  const encoded = encodePieces(pieces, encode, format);
  return {
    ids: encoded.flat(),
    labels: encoded.flatMap((ids, i) => pieces[i]?.learned ? ids : ids.map(() => IGNORE3))
  };
}
function encodePrompt(messages, { encode, format }) {
  return encodePieces(promptPieces(messages, format), encode, format).flat();
}
function chatStopId({ encode, format }) {
  const { end } = chatFormat(format).roles.assistant;
  return singleId(end, encode);
}
function encodePieces(pieces, encode, format) {
  const special = new Map(chatFormat(format).specialTokens.map((token) => [singleId(token, encode), token]));
  return pieces.map((piece) => {
    const ids = Array.from(encode(piece.text, { special: piece.special }));
    const intruder = piece.special ? void 0 : ids.find((id2) => special.has(id2));
    if (intruder !== void 0) {
      throw new Error(
        `sft: the content ${JSON.stringify(piece.text.slice(0, 60))} became the special token ${special.get(intruder)}; encode must not recognize special tokens when told { special: false }`
      );
    }
    return ids;
  });
}
function singleId(token, encode) {
  const ids = encode(token, { special: true });
  if (ids.length === 1) return ids[0];
  throw new Error(
    `sft: the tokenizer does not hold ${token} as one special token (it gives ${ids.length}); train or extend it with chatSpecialTokens(format)`
  );
}

// src/run/chat.ts
import pc2 from "picocolors";

// ../../packages/inference/sampling/src/distribution.ts
function greedy(logits) {
  return logits.indexOf(checkedMax("greedy", logits));
}
function checkedMax(name, logits) {
  let max3 = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) {
    const logit = logits[i];
    if (!(logit < Number.POSITIVE_INFINITY)) {
      throw new Error(
        `${name}: logit ${i} is ${logit}; the model's output is not finite, look for a diverged training run`
      );
    }
    if (logit > max3) max3 = logit;
  }
  if (max3 === Number.NEGATIVE_INFINITY) {
    throw new Error(`${name}: none of the ${logits.length} tokens is left, all logits are -Infinity`);
  }
  return max3;
}

// ../../packages/inference/sampling/src/min-p.ts
function minP(logits, p) {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`minP: p must be from 0 to 1, got ${p}`);
  const floor = checkedMax("minP", logits) + Math.log(p);
  return logits.map((logit) => logit >= floor ? logit : Number.NEGATIVE_INFINITY);
}

// ../../packages/inference/sampling/src/repetition-penalty.ts
function repetitionPenalty(logits, history, penalty) {
  if (!(penalty > 0 && penalty < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`repetitionPenalty: penalty must be above 0, got ${penalty}`);
  }
  const penalized = logits.slice();
  for (const id2 of new Set(history)) {
    const logit = logits[id2];
    if (logit === void 0) {
      throw new RangeError(`repetitionPenalty: id ${id2} is outside of the vocabulary of ${logits.length} tokens`);
    }
    penalized[id2] = logit > 0 ? logit / penalty : logit * penalty;
  }
  return penalized;
}

// ../../packages/inference/sampling/src/temperature.ts
function applyTemperature(logits, temperature) {
  if (!(temperature > 0 && temperature < Number.POSITIVE_INFINITY)) {
    throw new RangeError(
      `applyTemperature: temperature must be above 0, got ${temperature}; for 0 take greedy(logits)`
    );
  }
  return logits.map((logit) => logit / temperature);
}

// ../../packages/inference/sampling/src/top-k.ts
function topK(logits, k) {
  if (!Number.isSafeInteger(k) || k < 1) throw new RangeError(`topK: k must be a whole number \u2265 1, got ${k}`);
  checkedMax("topK", logits);
  if (k >= logits.length) return logits.slice();
  const edge = kthLargest(logits, k);
  let ties = k;
  for (const logit of logits) if (logit > edge) ties--;
  return logits.map((logit) => logit > edge || logit === edge && ties-- > 0 ? logit : Number.NEGATIVE_INFINITY);
}
function kthLargest(values, k) {
  const heap = values.slice(0, k).sort();
  for (let i = k; i < values.length; i++) {
    const value = values[i];
    if (value <= heap[0]) continue;
    let parent = 0;
    for (; ; ) {
      let child = 2 * parent + 1;
      if (child >= k) break;
      if (child + 1 < k && heap[child + 1] < heap[child]) child++;
      if (heap[child] >= value) break;
      heap[parent] = heap[child];
      parent = child;
    }
    heap[parent] = value;
  }
  return heap[0];
}

// ../../packages/inference/sampling/src/top-p.ts
function topP(logits, p) {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`topP: p must be from 0 to 1, got ${p}`);
  const max3 = checkedMax("topP", logits);
  if (p === 1) return logits.slice();
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit - max3));
  const total = weights.reduce((sum7, weight) => sum7 + weight, 0);
  const floor = Math.min(1, (1 - p) * total / logits.length);
  const candidates2 = [];
  weights.forEach((weight, id2) => void (weight >= floor && candidates2.push(id2)));
  candidates2.sort((a, b) => logits[b] - logits[a] || a - b);
  const kept2 = new Float32Array(logits.length).fill(Number.NEGATIVE_INFINITY);
  let sum6 = 0;
  for (const id2 of candidates2) {
    kept2[id2] = logits[id2];
    sum6 += weights[id2];
    if (sum6 >= p * total) break;
  }
  return kept2;
}

// ../../packages/inference/sampling/src/sample.ts
function sample(logits, options = {}) {
  const { temperature = 1, history, random } = options;
  let x = logits;
  if (options.repetitionPenalty !== void 0) {
    if (!history) throw new Error("sample: repetitionPenalty needs history, the ids so far");
    x = repetitionPenalty(x, history, options.repetitionPenalty);
  }
  if (temperature === 0) return greedy(x);
  if (temperature !== 1) x = applyTemperature(x, temperature);
  if (options.topK !== void 0) x = topK(x, options.topK);
  if (options.topP !== void 0) x = topP(x, options.topP);
  if (options.minP !== void 0) x = minP(x, options.minP);
  return draw(x, random ?? currentRandom());
}
function draw(logits, random) {
  const max3 = checkedMax("sample", logits);
  const cumulative = new Float64Array(logits.length);
  let sum6 = 0;
  for (let i = 0; i < logits.length; i++) {
    sum6 += Math.exp(logits[i] - max3);
    cumulative[i] = sum6;
  }
  const target = random.uint32() / 2 ** 32 * sum6;
  let [low, high2] = [0, logits.length - 1];
  while (low < high2) {
    const middle = low + high2 >> 1;
    if (cumulative[middle] > target) high2 = middle;
    else low = middle + 1;
  }
  return low;
}

// ../../packages/inference/generate/src/generate.ts
import { reshape as reshape12, slice as slice7, tensor as tensor10, tidy as tidy27 } from "@tensorflow/tfjs-core";
async function* generate(model, promptIds, { maxTokens, stop = [], seed = 0, random = new Random(seed), signal, ...sampling2 }) {
  const ids = checkedPrompt(model, promptIds);
  if (!(maxTokens >= 0)) throw new RangeError(`generate: maxTokens must be a number of at least 0, got ${maxTokens}`);
  const stops = new Set(stop);
  let cache2 = model.createCache();
  try {
    let pending = ids.slice();
    for (let count = 0; count < maxTokens; count++) {
      signal?.throwIfAborted();
      if (cache2.length + pending.length > model.maxLength) {
        cache2.dispose();
        cache2 = model.createCache();
        pending = ids.slice(-Math.ceil(model.maxLength / 2));
      }
      const id2 = await next(model, pending, cache2, { ...sampling2, random, history: ids });
      if (stops.has(id2)) return "stop";
      ids.push(id2);
      pending = [id2];
      yield id2;
    }
    return "length";
  } finally {
    cache2.dispose();
  }
}
async function next(model, ids, cache2, options) {
  const logits_V = tidy27(() => lastLogits(model, ids, cache2));
  try {
    return sample(await logits_V.data(), options);
  } finally {
    logits_V.dispose();
  }
}
function lastLogits(model, ids, cache2) {
  const wasTraining = model.training === true;
  if (wasTraining) model.train?.(false);
  try {
    const logits = model.forward(tensor10(ids, [1, ids.length], "int32"), { cache: cache2, logits: "last" });
    const rows = logits.shape[1];
    return reshape12(slice7(logits, [0, rows - 1, 0], [1, 1, model.vocabSize]), [model.vocabSize]);
  } finally {
    if (wasTraining) model.train?.(true);
  }
}
function checkedPrompt({ maxLength, vocabSize }, promptIds) {
  const ids = Array.from(promptIds);
  if (ids.length === 0) {
    throw new Error("generate: the prompt is empty; start with the model's end-of-text or beginning-of-text id");
  }
  if (ids.length > maxLength) {
    throw new Error(
      `generate: the prompt has ${ids.length} ids, the model's context ${maxLength}; keep the last ${maxLength}: promptIds.slice(-${maxLength})`
    );
  }
  for (const id2 of ids) {
    if (Number.isInteger(id2) && id2 >= 0 && id2 < vocabSize) continue;
    throw new Error(`generate: prompt id ${id2} is not in the vocabulary of ${vocabSize}; is this the model's tokenizer?`);
  }
  return ids;
}

// src/run/sample-text.ts
async function* writeText(model, tokenizer, prompt, { seed = 0, stop = [], ...options }) {
  const stream = tokenizer.decodeStream({ specialTokens: "skip" });
  for await (const id2 of generate(model, prompt, { ...options, stop, random: new Random(seed).fork("sampling") })) {
    if (stop.includes(id2)) break;
    const text2 = stream.push(id2);
    if (text2) yield text2;
  }
  const rest = stream.flush();
  if (rest) yield rest;
}
async function collectText(pieces) {
  let text2 = "";
  for await (const piece of pieces) text2 += piece;
  return text2;
}

// src/run/chat.ts
async function* answer(saved, messages, { format, ...options }) {
  const { model, tokenizer } = saved;
  const encode = (text2, { special }) => tokenizer.encode(text2, special ? { allowedSpecial: "all" } : {});
  let turns = [...messages];
  let prompt = encodePrompt(turns, { encode, format });
  while (prompt.length >= model.maxLength && turns.length > 1) {
    turns = turns.slice(1);
    prompt = encodePrompt(turns, { encode, format });
  }
  yield* writeText(model, tokenizer, prompt, { ...options, stop: [chatStopId({ encode, format })] });
}
async function chat(saved, options) {
  const terminal = process.stdin.isTTY === true;
  const lines3 = createInterface({ input: process.stdin, output: terminal ? process.stderr : void 0, prompt: pc2.bold("you> ") });
  const messages = options.system ? [{ role: "system", content: options.system }] : [];
  if (terminal) say(pc2.dim("/exit ends, /reset starts again"));
  if (terminal) lines3.prompt();
  for await (const line of lines3) {
    const content = line.trim();
    if (content === "/exit") break;
    if (content === "/reset") messages.length = options.system ? 1 : 0;
    else if (content !== "") await turn(saved, messages, content, options);
    if (terminal) lines3.prompt();
  }
  lines3.close();
}
async function turn(saved, messages, content, options) {
  messages.push({ role: "user", content });
  let text2 = "";
  for await (const piece of answer(saved, messages, { ...options, seed: (options.seed ?? 0) + messages.length })) {
    process.stdout.write(piece);
    text2 += piece;
  }
  process.stdout.write("\n");
  messages.push({ role: "assistant", content: text2 });
}

// src/run/export.ts
import { existsSync as existsSync5, readdirSync as readdirSync4 } from "fs";
import { copyFile, mkdir as mkdir3 } from "fs/promises";
import { join as join14 } from "path";

// ../../packages/peft/lora/src/module.ts
import { add as add18, matMul as matMul3, mul as mul19, tensor as tensor11, tidy as tidy28, zeros as zeros7 } from "@tensorflow/tfjs-core";

// ../../packages/peft/lora/src/lora.ts
import { add as add17, mul as mul18 } from "@tensorflow/tfjs-core";
function loraUpdate(x_I, a_RI, b_OR, scale) {
  registerGradients();
  return linear(mul18(linear(x_I, a_RI), scale), b_OR);
}
function loraScale(alpha, rank, scaling = "lora") {
  return scaling === "rslora" ? alpha / Math.sqrt(rank) : alpha / rank;
}

// ../../packages/peft/lora/src/module.ts
var LoraLinear = class extends Module {
  #base;
  weight;
  bias;
  /** Uniform within ±1/√in at first, as PEFT's. */
  loraA;
  /** Zero at first. */
  loraB;
  rank;
  scale;
  dropout;
  constructor(base, { rank, alpha = 2 * rank, dropout: dropout2 = 0, scaling = "lora", random = new Random(0) }) {
    super();
    if (!Number.isInteger(rank) || rank < 1) throw new RangeError(`LoraLinear: rank must be 1 or more, got ${rank}`);
    if (!(dropout2 >= 0 && dropout2 < 1)) throw new RangeError(`LoraLinear: dropout must be in [0, 1), got ${dropout2}`);
    if (!Number.isFinite(alpha)) throw new RangeError(`LoraLinear: alpha must be a number, got ${alpha}`);
    const [outDim, inDim] = base.weight.shape;
    this.#base = base;
    this.training = base.training;
    this.weight = base.weight;
    if (base.bias) this.bias = base.bias;
    const bound = inDim ** -0.5;
    const values = random.fillUniform(new Float32Array(rank * inDim)).map((u) => (2 * u - 1) * bound);
    this.loraA = parameter(tensor11(values, [rank, inDim]));
    this.loraB = parameter(zeros7([outDim, rank]));
    this.rank = rank;
    this.scale = loraScale(alpha, rank, scaling);
    this.dropout = dropout2;
  }
  /** The layer that is adapted. */
  get base() {
    return this.#base;
  }
  /** [..., in] → [..., out] */
  forward(x) {
    const dropped = this.training ? dropout(x, this.dropout) : x;
    return add18(linear(x, this.weight, this.bias), loraUpdate(dropped, this.loraA, this.loraB, this.scale));
  }
  /** Adds the update s·B·A to the base's weight. The adapter keeps its values, so drop it afterwards. */
  mergeIntoBase() {
    tidy28(() => {
      const merged = add18(this.weight, mul19(matMul3(this.loraB, this.loraA), this.scale));
      this.weight.assign(merged);
    });
  }
  /** Frees the adapter alone; weight and bias belong to the base. */
  disposeAdapter() {
    this.loraA.dispose();
    this.loraB.dispose();
  }
};

// ../../packages/peft/lora/src/targets.ts
function findTargets(model, targets) {
  const linears = /* @__PURE__ */ new Map();
  for (const [path, module] of model.namedModules()) if (module instanceof Linear) linears.set(path, module);
  const matchers = typeof targets === "string" || targets instanceof RegExp ? [targets] : targets;
  const found = /* @__PURE__ */ new Set();
  for (const target of matchers) {
    const hits = [...linears.keys()].filter((path) => matches(path, target, matchers === targets));
    if (hits.length === 0) throw noMatch(target, linears);
    for (const path of hits) found.add(path);
  }
  if (found.size === 0) throw noMatch("(none given)", linears);
  return new Map([...linears].filter(([path]) => found.has(path)));
}
function matches(path, target, listed) {
  if (target instanceof RegExp) return path.search(target) >= 0;
  if (target === "all-linear" && !listed) return path !== "lm_head" && !path.endsWith(".lm_head");
  return path === target || path.endsWith(`.${target}`);
}
function noMatch(target, linears) {
  const names = new Set([...linears.keys()].map((path) => path.split(".").pop()));
  const shown = [...linears.keys()].slice(0, 12).join(", ");
  return new Error(
    `applyLora: no linear layer matches ${target}; the model's linear layers end in: ${[...names].join(", ") || "(it has none)"}` + (linears.size > 0 ? ` (paths: ${shown}${linears.size > 12 ? ", \u2026" : ""})` : "")
  );
}

// ../../packages/peft/lora/src/apply.ts
var handles = /* @__PURE__ */ new WeakMap();
var LoraHandle = class {
  config;
  /** The adapted layers by path. */
  layers;
  /** The adapters' parameters by path, for the optimizer; nothing else is trainable. */
  parameters;
  #model;
  #trainable;
  /** Called by `applyLora`. */
  constructor(model, config, layers, trainable) {
    this.#model = model;
    this.config = config;
    this.layers = layers;
    this.#trainable = trainable;
    this.parameters = new Map(
      [...layers].flatMap(([path, { loraA, loraB }]) => [
        [path === "" ? "lora_a" : `${path}.lora_a`, loraA],
        [path === "" ? "lora_b" : `${path}.lora_b`, loraB]
      ])
    );
  }
  /** Number of trained values. */
  get parameterCount() {
    return [...this.parameters.values()].reduce((sum6, { size: size2 }) => sum6 + size2, 0);
  }
  /**
   * Adds the updates to the model's own weights and puts the plain layers back, which from then on compute what the
   * adapted ones did. Frees the adapters.
   */
  merge() {
    this.#assertInForce("merge");
    for (const layer of this.layers.values()) layer.mergeIntoBase();
    this.remove();
  }
  /** Puts the plain layers and their `trainable` flags back exactly as they were, and frees the adapters. */
  remove() {
    this.#assertInForce("remove");
    handles.delete(this.#model);
    for (const [path, layer] of this.layers) {
      layer.base.training = layer.training;
      this.#model.setModule(path, layer.base);
      layer.disposeAdapter();
    }
    for (const [variable3, trainable] of this.#trainable) variable3.trainable = trainable;
  }
  #assertInForce(action) {
    if (handles.get(this.#model) !== this) {
      throw new Error(`LoraHandle.${action}: the adapters were merged or removed before`);
    }
  }
};
function applyLora(model, config) {
  const { rank, alpha = 2 * rank, targets, dropout: dropout2 = 0, scaling = "lora", random = new Random(0) } = config;
  if (handles.has(model)) throw new Error("applyLora: the model is adapted already; merge or remove that first");
  const found = findTargets(model, targets);
  if (found.has("")) throw new Error("applyLora: the model is itself a linear layer; wrap it with LoraLinear instead");
  const layers = new Map(
    [...found].map(([path, base]) => [
      path,
      new LoraLinear(base, { rank, alpha, dropout: dropout2, scaling, random: random.fork("lora", path) })
    ])
  );
  const trainable = new Map([...model.namedParameters().values()].map((p) => [p, p.trainable]));
  for (const variable3 of trainable.keys()) variable3.trainable = false;
  for (const [path, layer] of layers) model.setModule(path, layer);
  const handle = new LoraHandle(model, { rank, alpha, targets, dropout: dropout2, scaling }, layers, trainable);
  handles.set(model, handle);
  return handle;
}
function loraHandle(model) {
  const handle = handles.get(model);
  if (!handle) throw new Error("loraHandle: the model is not adapted; call applyLora first");
  return handle;
}
function mergeLora(model) {
  loraHandle(model).merge();
}

// ../../packages/peft/lora/src/peft-config.ts
function toPeftConfig({ rank, alpha, dropout: dropout2, scaling, targets }, { baseModel = null } = {}) {
  return {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: baseModel,
    r: rank,
    lora_alpha: alpha,
    lora_dropout: dropout2,
    target_modules: toTargetModules(targets),
    use_rslora: scaling === "rslora",
    bias: "none",
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    modules_to_save: null
  };
}
function fromPeftConfig(json) {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new Error("fromPeftConfig: adapter_config.json must hold an object");
  }
  const fields = new Map(Object.entries(json));
  if (fields.get("peft_type") !== "LORA") {
    throw new Error(`fromPeftConfig: peft_type must be "LORA", got ${show(fields.get("peft_type"))}`);
  }
  for (const [name, isPlain] of refused) {
    const value = fields.get(name);
    if (!isPlain(value)) throw new Error(`fromPeftConfig: ${name} = ${show(value)} is not supported`);
  }
  const rank = number(fields, "r", 8);
  if (!Number.isInteger(rank) || rank < 1) throw new Error(`fromPeftConfig: r must be 1 or more, got ${rank}`);
  const dropout2 = number(fields, "lora_dropout", 0);
  if (dropout2 < 0 || dropout2 >= 1) throw new Error(`fromPeftConfig: lora_dropout must be in [0, 1), got ${dropout2}`);
  return {
    rank,
    alpha: number(fields, "lora_alpha", 8),
    dropout: dropout2,
    scaling: fields.get("use_rslora") === true ? "rslora" : "lora",
    targets: fromTargetModules(fields.get("target_modules"))
  };
}
var isEmpty = (value) => value === void 0 || value === null || value === false || typeof value === "object" && Object.keys(value).length === 0;
var refused = [
  ["bias", (value) => value === void 0 || value === "none"],
  ...[
    "use_dora",
    "fan_in_fan_out",
    "lora_bias",
    "modules_to_save",
    "rank_pattern",
    "alpha_pattern",
    "layers_to_transform",
    "target_parameters",
    "trainable_token_indices",
    "exclude_modules",
    "layer_replication"
  ].map((name) => [name, isEmpty])
];
function number(fields, name, absent) {
  const value = fields.get(name) ?? absent;
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new Error(`fromPeftConfig: ${name} must be a number, got ${show(value)}`);
  }
  return value;
}
function toTargetModules(targets) {
  if (targets === "all-linear") return targets;
  if (!(targets instanceof RegExp)) return [...targets];
  return `${targets.ignoreCase ? "(?i)" : ""}.*(?:${targets.source}).*`;
}
function fromTargetModules(value) {
  if (value === "all-linear") return value;
  if (typeof value === "string") {
    const ignoreCase = value.startsWith("(?i)");
    try {
      return new RegExp(`^(?:${ignoreCase ? value.slice(4) : value})$`, ignoreCase ? "i" : "");
    } catch {
      throw new Error(
        `fromPeftConfig: target_modules ${show(value)} is not a regular expression that JavaScript knows`
      );
    }
  }
  if (Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string" && name !== "")) {
    return value;
  }
  throw new Error(`fromPeftConfig: target_modules must be names or a regular expression, got ${show(value)}`);
}
var show = (value) => JSON.stringify(value)?.slice(0, 80) ?? "nothing";

// ../../packages/peft/lora/src/state.ts
function loraStateDict(model, { prefix = "base_model.model." } = {}) {
  return new Map(
    [...loraHandle(model).layers].flatMap(([path, { loraA, loraB }]) => [
      [`${prefix}${path}.lora_A.weight`, loraA],
      [`${prefix}${path}.lora_B.weight`, loraB]
    ])
  );
}

// ../../packages/formats/safetensors/src/read.ts
import { open } from "fs/promises";

// ../../packages/formats/safetensors/src/error.ts
var longest = 1e3;
var SafetensorsError = class extends Error {
  name = "SafetensorsError";
  constructor(message2, options) {
    super(message2.length > longest ? `${message2.slice(0, longest)}\u2026` : message2, options);
  }
};

// ../../packages/formats/safetensors/src/dtype.ts
var arrays = {
  U64: BigUint64Array,
  I64: BigInt64Array,
  F64: Float64Array,
  F32: Float32Array,
  U32: Uint32Array,
  I32: Int32Array,
  BF16: Uint16Array,
  F16: Uint16Array,
  U16: Uint16Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array
};
var dtypeOrder = Object.keys(arrays);
function isDtype(name) {
  return typeof name === "string" && Object.hasOwn(arrays, name);
}
function dtypeBytes(dtype) {
  return arrays[dtype].BYTES_PER_ELEMENT;
}
function elementsOf(dtype, bytes) {
  requireLittleEndian();
  const aligned = bytes.byteOffset % dtypeBytes(dtype) === 0 ? bytes : bytes.slice();
  return new arrays[dtype](
    aligned.buffer,
    aligned.byteOffset,
    aligned.length / dtypeBytes(dtype)
  );
}
function bytesOf(name, dtype, data) {
  requireLittleEndian();
  if (!(data instanceof arrays[dtype])) {
    throw new SafetensorsError(
      `tensor "${name}": ${dtype} needs a ${arrays[dtype].name}, got ${data?.constructor?.name}`
    );
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
function requireLittleEndian() {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) {
    throw new SafetensorsError("safetensors is little-endian, and this machine is not");
  }
}

// ../../packages/formats/safetensors/src/json.ts
function rejectDuplicateKeys(text2) {
  const open4 = [];
  for (let at = 0; at < text2.length; at++) {
    const letter = text2[at];
    if (letter === "{") open4.push(/* @__PURE__ */ new Set());
    else if (letter === "}") open4.pop();
    else if (letter === '"') {
      const end = stringEnd(text2, at);
      if (nextLetter(text2, end) === ":") addKey(open4.at(-1), JSON.parse(text2.slice(at, end)));
      at = end - 1;
    }
  }
}
function addKey(keys, key) {
  if (keys.has(key)) throw new SafetensorsError(`header has the key ${JSON.stringify(key)} twice`);
  if (key === "__proto__") throw new SafetensorsError(`header has the key "__proto__", which no tensor may have`);
  keys.add(key);
}
function stringEnd(text2, start) {
  let at = start + 1;
  while (text2[at] !== '"') at += text2[at] === "\\" ? 2 : 1;
  return at + 1;
}
function nextLetter(text2, from) {
  let at = from;
  while (text2[at] === " " || text2[at] === "\n" || text2[at] === "\r" || text2[at] === "	") at++;
  return text2[at];
}

// ../../packages/formats/safetensors/src/header.ts
var maxHeaderBytes = 1e8;
function parseHeaderLength(start, fileBytes) {
  if (fileBytes < 8 || start.length < 8) {
    throw new SafetensorsError(`file of ${fileBytes} bytes is cut off: its first 8 bytes give the header's length`);
  }
  const length = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true);
  if (length > maxHeaderBytes) {
    throw new SafetensorsError(
      `header length ${length} at byte 0 is above the limit of ${maxHeaderBytes}; this is no safetensors file`
    );
  }
  if (8 + Number(length) > fileBytes) {
    throw new SafetensorsError(
      `header of ${length} bytes reaches beyond the end of the file of ${fileBytes} bytes; it is cut off`
    );
  }
  return Number(length);
}
function parseHeader(start, fileBytes = start.length) {
  const length = parseHeaderLength(start, fileBytes);
  const { __metadata__: metadata, ...entries } = parseJson(start.subarray(8, 8 + length));
  const tensors = Object.entries(entries).map(([name, entry]) => [name, parseEntry(name, entry)]);
  tensors.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  checkTiling(tensors, fileBytes - 8 - length);
  return { tensors: new Map(tensors), metadata: parseMetadata(metadata), dataStart: 8 + length };
}
function parseJson(bytes) {
  if (bytes[0] !== 123)
    throw new SafetensorsError(`header must begin with "{" at byte 8, got byte ${bytes[0] ?? "nothing"}`);
  let text2;
  try {
    text2 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SafetensorsError("header is not valid UTF-8", { cause });
  }
  let json;
  try {
    json = JSON.parse(text2);
  } catch (cause) {
    throw new SafetensorsError(`header is not valid JSON: ${cause.message}`, { cause });
  }
  rejectDuplicateKeys(text2);
  return json;
}
function parseMetadata(metadata) {
  if (metadata === void 0) return {};
  if (!isObject2(metadata)) throw new SafetensorsError("__metadata__ must be an object of texts");
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string")
      throw new SafetensorsError(`__metadata__: "${key}" must be a text, got ${brief(value)}`);
  }
  return metadata;
}
function parseEntry(name, entry) {
  if (!isObject2(entry)) throw new SafetensorsError(`tensor "${name}": must be an object, got ${brief(entry)}`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isDtype(dtype)) {
    throw new SafetensorsError(`tensor "${name}": dtype ${brief(dtype)} is not one of ${dtypeOrder.join(" ")}`);
  }
  const bytes = tensorBytes(name, dtype, shape);
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw new SafetensorsError(`tensor "${name}": data_offsets must be two whole numbers \u2265 0, got ${brief(offsets)}`);
  }
  const [begin, end] = offsets;
  if (end - begin !== bytes) {
    throw new SafetensorsError(
      `tensor "${name}": ${dtype} ${brief(shape)} has ${bytes} bytes, but data_offsets [${begin},${end}] hold ${end - begin}`
    );
  }
  return { dtype, shape, begin, end };
}
function tensorBytes(name, dtype, shape) {
  if (!isSizes(shape))
    throw new SafetensorsError(`tensor "${name}": shape must be whole numbers \u2265 0, got ${brief(shape)}`);
  let bytes = dtypeBytes(dtype);
  for (const size2 of shape) {
    bytes *= size2;
    if (!Number.isSafeInteger(bytes))
      throw new SafetensorsError(`tensor "${name}": shape ${brief(shape)} is too large to count its bytes`);
  }
  return bytes;
}
function checkTiling(tensors, dataBytes) {
  let at = 0;
  for (const [name, { begin, end }] of tensors) {
    if (begin !== at) {
      throw new SafetensorsError(
        `tensor "${name}": begins at byte ${begin} of the data, but the tensors before it end at ${at}: ${begin < at ? "they overlap" : "there is a hole"}`
      );
    }
    at = end;
  }
  if (at !== dataBytes) {
    throw new SafetensorsError(
      `tensors end at byte ${at} of the data, but the file has ${dataBytes} bytes of data; it is ${at > dataBytes ? "cut off" : "longer than its header says"}`
    );
  }
}
function isObject2(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function isSizes(value) {
  return Array.isArray(value) && value.every((size2) => Number.isSafeInteger(size2) && size2 >= 0);
}
function brief(value) {
  let text2;
  try {
    text2 = JSON.stringify(value) ?? "nothing";
  } catch {
    return "a value nested too deep";
  }
  return text2.length > 80 ? `${text2.slice(0, 80)}\u2026` : text2;
}

// ../../packages/formats/safetensors/src/read.ts
async function readSafetensors(path) {
  const handle = await open(path, "r");
  try {
    const { size: size2 } = await handle.stat();
    const length = parseHeaderLength(await readExactly(handle, 0, Math.min(8, size2)), size2);
    return new SafetensorsFile(path, handle, parseHeader(await readExactly(handle, 0, 8 + length), size2));
  } catch (error) {
    await handle.close();
    if (error instanceof SafetensorsError) throw new SafetensorsError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}
var SafetensorsFile = class {
  path;
  metadata;
  /** Dtype, shape and place of each tensor, in the order of the data. */
  tensors;
  #handle;
  #dataStart;
  /** @internal */
  constructor(path, handle, header) {
    this.path = path;
    this.metadata = header.metadata;
    this.tensors = header.tensors;
    this.#handle = handle;
    this.#dataStart = header.dataStart;
  }
  /** Reads one tensor. @throws SafetensorsError when there is none of that name, or the file has become shorter */
  async read(name) {
    const info = this.tensors.get(name);
    if (!info) throw new SafetensorsError(`${this.path}: has no tensor "${name}"`);
    const bytes = await readExactly(this.#handle, this.#dataStart + info.begin, info.end - info.begin);
    return { dtype: info.dtype, shape: info.shape, data: elementsOf(info.dtype, bytes) };
  }
  /** Reads all tensors, in the order of the data. */
  async readAll() {
    const all2 = /* @__PURE__ */ new Map();
    for (const name of this.tensors.keys()) all2.set(name, await this.read(name));
    return all2;
  }
  async close() {
    await this.#handle.close();
  }
};
var maxRead = 2 ** 30;
async function readExactly(handle, position, length) {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, maxRead), position + done);
    if (bytesRead === 0)
      throw new SafetensorsError(`file ends at byte ${position + done}, in the middle of what its header promises`);
    done += bytesRead;
  }
  return bytes;
}

// ../../packages/formats/safetensors/src/write.ts
import { open as open2, rename, rm } from "fs/promises";
import { dirname } from "path";
import { crc32 } from "zlib";

// ../../packages/formats/safetensors/src/encode.ts
function encodeHeader(tensors, metadata) {
  const order2 = (name) => dtypeOrder.indexOf(tensors.get(name).dtype);
  const names = [...tensors.keys()].sort((a, b) => order2(a) - order2(b) || compare(a, b));
  const entries = Object.keys(metadata).length > 0 ? [["__metadata__", checkedMetadata(metadata)]] : [];
  let at = 0;
  for (const name of names) {
    if (name === "__metadata__" || name === "__proto__")
      throw new SafetensorsError(`tensor "${name}": the name is reserved`);
    if (new RegExp("\\p{Surrogate}", "u").test(name))
      throw new SafetensorsError(`tensor ${JSON.stringify(name)}: the name is no valid Unicode`);
    const { dtype, shape } = tensors.get(name);
    if (!dtypeOrder.includes(dtype))
      throw new SafetensorsError(`tensor "${name}": dtype ${dtype} is not one of ${dtypeOrder.join(" ")}`);
    const end = at + tensorBytes(name, dtype, shape);
    entries.push([name, { dtype, shape, data_offsets: [at, end] }]);
    at = end;
  }
  const json = entries.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`).join(",");
  return { start: withLength(new TextEncoder().encode(`{${json}}`)), names, dataBytes: at };
}
function tensorData(name, { dtype, shape, data }) {
  const bytes = bytesOf(name, dtype, data);
  const expected = tensorBytes(name, dtype, shape);
  if (bytes.length !== expected) {
    throw new SafetensorsError(
      `tensor "${name}": ${dtype} [${shape}] has ${expected} bytes, but its data has ${bytes.length}`
    );
  }
  return bytes;
}
function withLength(json) {
  const length = Math.ceil(json.length / 8) * 8;
  if (length > maxHeaderBytes)
    throw new SafetensorsError(`header of ${length} bytes is above the limit of ${maxHeaderBytes}`);
  const start = new Uint8Array(8 + length).fill(32);
  new DataView(start.buffer).setBigUint64(0, BigInt(length), true);
  start.set(json, 8);
  return start;
}
function checkedMetadata(metadata) {
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string") throw new SafetensorsError(`metadata: "${key}" must be a text, got ${typeof value}`);
    if (key === "__proto__") throw new SafetensorsError(`metadata: the key "__proto__" is reserved`);
  }
  return metadata;
}
function compare(a, b) {
  const [x, y] = [[...a], [...b]];
  const at = x.findIndex((letter, i) => letter !== y[i]);
  if (at < 0) return x.length - y.length;
  return x[at].codePointAt(0) - (y[at]?.codePointAt(0) ?? -1);
}

// ../../packages/formats/safetensors/src/write.ts
var counter = 0;
async function writeSafetensors(path, tensors, metadata = {}) {
  const { start, names } = encodeHeader(tensors, metadata);
  const temporary = `${path}.tmp-${process.pid}-${counter++}`;
  const handle = await open2(temporary, "wx");
  const written2 = { bytes: 0, crc32: 0 };
  const append = async (bytes) => {
    if (bytes.length === 0) return;
    await writeAll(handle, bytes, path);
    written2.bytes += bytes.length;
    written2.crc32 = crc32(bytes, written2.crc32);
  };
  try {
    await append(start);
    for (const name of names) {
      const tensor13 = tensors.get(name);
      const data = typeof tensor13.data === "function" ? await tensor13.data() : tensor13.data;
      await append(tensorData(name, { dtype: tensor13.dtype, shape: tensor13.shape, data }));
    }
    await handle.sync();
    await handle.close();
    await rename(temporary, path);
  } catch (error) {
    await handle.close().catch(() => {
    });
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
  return written2;
}
async function writeAll(handle, bytes, path) {
  try {
    for (let done = 0; done < bytes.length; ) {
      done += (await handle.write(bytes, done, Math.min(bytes.length - done, 2 ** 30))).bytesWritten;
    }
  } catch (error) {
    const { code, message: message2 } = error;
    throw Object.assign(new Error(`cannot write ${path}: ${message2}`, { cause: error }), { code });
  }
}
async function syncDirectory(path) {
  if (process.platform === "win32") return;
  const handle = await open2(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

// src/run/export.ts
import { dispose as dispose5 } from "@tensorflow/tfjs-core";

// src/run/directory.ts
import { existsSync, readdirSync } from "fs";
import { mkdir, readFile as readFile2, rename as rename2, writeFile } from "fs/promises";
import { join as join2 } from "path";
function runPaths(root) {
  return {
    root,
    run: join2(root, "run.json"),
    architecture: join2(root, "config.json"),
    tokenizer: join2(root, "tokenizer.json"),
    data: join2(root, "data"),
    checkpoints: join2(root, "checkpoints"),
    metrics: join2(root, "metrics.jsonl"),
    report: join2(root, "report.html"),
    base: join2(root, "base.safetensors")
  };
}
async function createRun(root) {
  if (existsSync(root) && readdirSync(root).length > 0) {
    const hint = existsSync(join2(root, "run.json")) ? "use --resume to go on with that run, or another --out" : "use another --out";
    throw new UserError(`${root} is not empty; ${hint}`);
  }
  await mkdir(root, { recursive: true });
  return runPaths(root);
}
async function writeJson(path, value) {
  await writeFile(`${path}.tmp`, `${JSON.stringify(value, null, 2)}
`);
  await rename2(`${path}.tmp`, path);
}
async function readJson(path, what) {
  const text2 = await readFile2(path, "utf8").catch(() => {
    throw new UserError(`there is no ${what} at ${path}`);
  });
  try {
    return JSON.parse(text2);
  } catch (error) {
    throw new UserError(`${path} is damaged: ${error.message}`);
  }
}

// src/run/saved.ts
import { existsSync as existsSync4 } from "fs";
import { join as join13 } from "path";
import { dispose as dispose4 } from "@tensorflow/tfjs-core";

// ../../packages/training/checkpoint/src/error.ts
var CheckpointError = class extends Error {
  name = "CheckpointError";
};
var reasons = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EACCES: "there is no permission to write there",
  EPERM: "there is no permission to write there"
};
function reasonOf(error) {
  const { code = "", message: message2 } = error;
  return reasons[code] ? `${reasons[code]} (${code})` : message2;
}
function isMissing(error) {
  return error.code === "ENOENT";
}

// ../../packages/training/checkpoint/src/find.ts
import { readdir } from "fs/promises";
import { join as join4 } from "path";

// ../../packages/training/checkpoint/src/name.ts
function checkpointName(step2) {
  if (!Number.isSafeInteger(step2) || step2 < 0)
    throw new RangeError(`checkpoint: step must be a whole number \u2265 0, got ${step2}`);
  return `step-${String(step2).padStart(8, "0")}`;
}
function parseCheckpointName(name) {
  const step2 = /^step-(\d{8,15})$/.exec(name)?.[1];
  return step2 !== void 0 && checkpointName(Number(step2)) === name ? Number(step2) : void 0;
}

// ../../packages/training/checkpoint/src/retention.ts
function rankBest(checkpoints, { metric, mode = "min" }) {
  const sign2 = mode === "min" ? 1 : -1;
  const value = (checkpoint2) => checkpoint2.metrics[metric];
  const measured = checkpoints.filter((checkpoint2) => Number.isFinite(value(checkpoint2)));
  return measured.sort((a, b) => sign2 * (value(a) - value(b)) || b.step - a.step);
}
function selectKept(checkpoints, { keep: keep6, best: best2 }) {
  if (!(keep6 === Number.POSITIVE_INFINITY || Number.isSafeInteger(keep6) && keep6 >= 1)) {
    throw new RangeError(`checkpoint: keep must be a whole number \u2265 1, got ${keep6}`);
  }
  const steps = checkpoints.map((checkpoint2) => checkpoint2.step).sort((a, b) => b - a);
  const kept2 = new Set(steps.slice(0, keep6));
  const first = best2 && rankBest(checkpoints, best2)[0];
  if (first) kept2.add(first.step);
  return kept2;
}

// ../../packages/training/checkpoint/src/state.ts
import { createReadStream } from "fs";
import { readFile as readFile3, stat } from "fs/promises";
import { join as join3 } from "path";
import { crc32 as crc322 } from "zlib";
var stateFile = "state.json";
var modelFile = "model.safetensors";
var optimizerFile = "optimizer.safetensors";
function encodeState({ step: step2, metrics, meta, files }) {
  const text2 = JSON.stringify({ format: 1, step: step2, metrics, meta, files });
  return `${JSON.stringify({ ...JSON.parse(text2), crc32: crc322(text2) }, null, 2)}
`;
}
async function readState(path) {
  const info = parseState(path, await readFile3(join3(path, stateFile), "utf8").catch((error) => fail(path, error)));
  for (const file of info.files) {
    const { size: size2 } = await stat(join3(path, file.name)).catch((error) => fail(path, error));
    if (size2 !== file.bytes)
      throw new CheckpointError(`${path}: ${file.name} has ${size2} bytes instead of ${file.bytes}`);
  }
  return info;
}
function fail(path, error) {
  const problem2 = isMissing(error) ? "is incomplete" : "cannot be read";
  throw new CheckpointError(`${path}: ${problem2}: ${error.message}`, { cause: error });
}
function parseState(path, text2) {
  let state;
  try {
    state = JSON.parse(text2);
  } catch (cause) {
    throw new CheckpointError(`${path}: ${stateFile} is damaged: ${cause.message}`, { cause });
  }
  if (state?.format !== 1)
    throw new CheckpointError(`${path}: ${stateFile} is not of a format known here, 1, but ${state?.format}`);
  const { crc32: sum6, ...rest } = state;
  if (crc322(JSON.stringify(rest)) !== sum6)
    throw new CheckpointError(`${path}: ${stateFile} is damaged: its CRC-32 sum is wrong`);
  const { step: step2, metrics, meta, files } = state;
  for (const { name } of Array.isArray(files) ? files : []) {
    if (name !== modelFile && name !== optimizerFile)
      throw new CheckpointError(`${path}: ${stateFile} names a foreign file, ${name}`);
  }
  return { path, step: step2, metrics, meta, files };
}
async function verifyFiles({ path, files }) {
  for (const file of files) {
    let sum6 = 0;
    const stream = createReadStream(join3(path, file.name), { highWaterMark: 2 ** 20 });
    try {
      for await (const chunk of stream) sum6 = crc322(chunk, sum6);
    } catch (error) {
      fail(path, error);
    }
    if (sum6 !== file.crc32) throw new CheckpointError(`${path}: ${file.name} is damaged: its CRC-32 sum is wrong`);
  }
}

// ../../packages/training/checkpoint/src/find.ts
var oldSuffix = ".old";
async function listCheckpoints(directory) {
  const names = await readdir(directory).catch((error) => {
    if (isMissing(error)) return [];
    throw new CheckpointError(`${directory}: cannot be read: ${error.message}`, { cause: error });
  });
  const checkpoints = [];
  const warnings = [];
  for (const name of names.sort()) {
    const replaced2 = name.endsWith(oldSuffix) && !names.includes(name.slice(0, -oldSuffix.length));
    const step2 = parseCheckpointName(replaced2 ? name.slice(0, -oldSuffix.length) : name);
    if (step2 === void 0) continue;
    try {
      const info = await readState(join4(directory, name));
      if (info.step !== step2) throw new CheckpointError(`${info.path}: holds step ${info.step}`);
      checkpoints.push(info);
    } catch (error) {
      warnings.push(warn(error));
    }
  }
  return { checkpoints: checkpoints.sort((a, b) => a.step - b.step), warnings };
}
async function latestCheckpoint(directory) {
  const { checkpoints, warnings } = await listCheckpoints(directory);
  return firstWhole(checkpoints.reverse(), warnings);
}
async function bestCheckpoint(directory, best2) {
  const { checkpoints, warnings } = await listCheckpoints(directory);
  return firstWhole(rankBest(checkpoints, best2), warnings);
}
async function firstWhole(candidates2, warnings) {
  for (const checkpoint2 of candidates2) {
    try {
      await verifyFiles(checkpoint2);
      return { checkpoint: checkpoint2, warnings };
    } catch (error) {
      warnings.push(warn(error));
    }
  }
  return { checkpoint: void 0, warnings };
}
function warn(error) {
  return `${error.message}; this checkpoint is not used`;
}

// ../../packages/training/checkpoint/src/load.ts
import { join as join5 } from "path";
async function loadCheckpoint(path, { verify = true } = {}) {
  const info = await readState(path);
  if (verify) await verifyFiles(info);
  const has = (name) => info.files.some((file) => file.name === name);
  return {
    ...info,
    tensors: await readTensors(join5(path, modelFile)),
    optimizer: has(optimizerFile) ? await readTensors(join5(path, optimizerFile)) : void 0
  };
}
async function readTensors(path) {
  const file = await readSafetensors(path).catch((error) => {
    throw new CheckpointError(`${path}: cannot be read: ${error.message}`, { cause: error });
  });
  try {
    return await file.readAll();
  } finally {
    await file.close();
  }
}

// ../../packages/training/checkpoint/src/save.ts
import { mkdir as mkdir2, open as open3, rename as rename4, stat as stat2 } from "fs/promises";
import { basename, join as join7 } from "path";

// ../../packages/training/checkpoint/src/clean.ts
import { readdir as readdir2, rename as rename3, rm as rm2 } from "fs/promises";
import { join as join6 } from "path";
var active = /* @__PURE__ */ new Set();
var counter2 = 0;
function temporaryPath(directory, name) {
  const path = join6(directory, `${name}.tmp-${process.pid}-${counter2++}`);
  active.add(path);
  return path;
}
async function release2(path) {
  await rm2(path, { recursive: true, force: true });
  active.delete(path);
}
async function removeCheckpoint(directory, name) {
  const temporary = temporaryPath(directory, name);
  await rename3(join6(directory, name), temporary);
  await release2(temporary);
}
async function cleanLeftovers(directory) {
  const names = await readdir2(directory);
  const warnings = [];
  for (const name of names) {
    const path = join6(directory, name);
    try {
      if (isLeftover(name) && !active.has(path)) await rm2(path, { recursive: true, force: true });
      if (isReplaced(name, names)) await removeCheckpoint(directory, name);
    } catch (error) {
      warnings.push(`${path}: cannot be removed: ${reasonOf(error)}`);
    }
  }
  return warnings;
}
function isLeftover(name) {
  const [, checkpoint2 = "", pid] = /^(step-\d+)(?:\.old)?\.tmp-(\d+)-\d+$/.exec(name) ?? [];
  return parseCheckpointName(checkpoint2) !== void 0 && !isOther(Number(pid));
}
function isReplaced(name, names) {
  const successor = name.slice(0, -oldSuffix.length);
  return name.endsWith(oldSuffix) && parseCheckpointName(successor) !== void 0 && names.includes(successor);
}
function isOther(pid) {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

// ../../packages/training/checkpoint/src/save.ts
async function saveCheckpoint(directory, step2, contents, { keep: keep6 = 3, best: best2 } = {}) {
  const name = checkpointName(step2);
  selectKept([], { keep: keep6, best: best2 });
  const temporary = temporaryPath(directory, name);
  try {
    await mkdir2(directory, { recursive: true });
    await cleanLeftovers(directory);
    await writeFolder(temporary, step2, contents);
    await putInPlace(directory, name, temporary);
  } catch (cause) {
    const message2 = `saveCheckpoint: step ${step2} cannot be saved in ${directory}: ${reasonOf(cause)}; earlier checkpoints are untouched`;
    throw new CheckpointError(message2, { cause });
  } finally {
    await release2(temporary).catch(() => {
    });
  }
  return { path: join7(directory, name), ...await prune(directory, keep6, best2) };
}
async function writeFolder(path, step2, { tensors, optimizer, metrics = {}, meta = null }) {
  await mkdir2(path);
  const files = [
    { name: modelFile, ...await writeSafetensors(join7(path, modelFile), tensors, { format: "pt" }) }
  ];
  if (optimizer) files.push({ name: optimizerFile, ...await writeSafetensors(join7(path, optimizerFile), optimizer) });
  const finite = Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
  const handle = await open3(join7(path, stateFile), "wx");
  try {
    await handle.writeFile(encodeState({ step: step2, metrics: finite, meta, files }));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(path);
}
async function putInPlace(directory, name, temporary) {
  const path = join7(directory, name);
  const replaces = await stat2(path).then(
    () => true,
    () => false
  );
  if (replaces) await rename4(path, `${path}${oldSuffix}`);
  await rename4(temporary, path);
  await syncFolder(directory);
}
async function prune(directory, keep6, best2) {
  const leftovers = await cleanLeftovers(directory);
  const { checkpoints, warnings } = await listCheckpoints(directory);
  const kept2 = selectKept(checkpoints, { keep: keep6, best: best2 });
  const removed = [];
  for (const { step: step2, path } of checkpoints) {
    if (kept2.has(step2)) continue;
    try {
      await removeCheckpoint(directory, basename(path));
      removed.push(path);
    } catch (error) {
      warnings.push(`${path}: cannot be removed: ${reasonOf(error)}`);
    }
  }
  return { removed, warnings: [...leftovers, ...warnings] };
}
async function syncFolder(path) {
  if (process.platform === "win32") return;
  const handle = await open3(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

// src/run/checkpoints.ts
import { dispose as dispose3 } from "@tensorflow/tfjs-core";

// ../../packages/formats/safetensors/src/half.ts
function decodeFloat16(bits) {
  float16Values ??= Float32Array.from({ length: 2 ** 16 }, (_, x) => float16Value(x));
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = float16Values[bits[i]];
  return values;
}
function decodeBFloat16(bits) {
  const words2 = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words2[i] = bits[i] << 16;
  return new Float32Array(words2.buffer);
}
var float16Values;
function float16Value(bits) {
  const sign2 = bits & 32768 ? -1 : 1;
  const exponent = bits >>> 10 & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign2 * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign2 * Number.POSITIVE_INFINITY;
  return sign2 * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

// ../../packages/formats/safetensors/src/float32.ts
function toFloat32({ dtype, data }) {
  if (dtype === "F32") return data;
  if (dtype === "F16") return decodeFloat16(data);
  if (dtype === "BF16") return decodeBFloat16(data);
  if (dtype === "I64" || dtype === "U64") return Float32Array.from(data, Number);
  return Float32Array.from(data);
}

// src/run/tensors.ts
import { tensor as tensor12 } from "@tensorflow/tfjs-core";
async function toStored(tensors) {
  const stored = /* @__PURE__ */ new Map();
  for (const [name, value] of tensors) {
    stored.set(name, { dtype: "F32", shape: value.shape, data: Float32Array.from(await value.data()) });
  }
  return stored;
}
function fromStored(stored) {
  return new Map([...stored].map(([name, value]) => [name, tensor12(toFloat32(value), [...value.shape])]));
}

// src/run/checkpoints.ts
var best = { metric: "validationLoss" };
async function save(folder, step2, parameters, optimizer, facts) {
  const { warnings } = await saveCheckpoint(
    folder,
    step2,
    {
      tensors: await toStored(parameters),
      optimizer: await toStored(optimizer.stateDict()),
      metrics: facts.loss === void 0 ? {} : { validationLoss: facts.loss },
      meta: { cursor: step2, random: { seed: facts.seed, step: step2 } }
    },
    { keep: facts.keep, best }
  );
  for (const warning of warnings) say(`warning: ${warning}`);
}
async function restore(folder, parameters, optimizer) {
  const { checkpoint: checkpoint2, warnings } = await latestCheckpoint(folder);
  for (const warning of warnings) say(`warning: ${warning}`);
  if (!checkpoint2) return 0;
  const { tensors, optimizer: state } = await loadCheckpoint(checkpoint2.path, { verify: false });
  assign(parameters, tensors, checkpoint2.path);
  if (!state) throw new UserError(`${checkpoint2.path} holds no optimizer state: it cannot be resumed`);
  const values = fromStored(state);
  optimizer.loadStateDict(values);
  dispose3([...values.values()]);
  return checkpoint2.step;
}
async function readWeights(folder, which) {
  const found = which === "best" ? await bestCheckpoint(folder, best) : await latestCheckpoint(folder);
  const { checkpoint: checkpoint2, warnings } = found.checkpoint ? found : await latestCheckpoint(folder);
  for (const warning of warnings) say(`warning: ${warning}`);
  if (!checkpoint2) throw new UserError(`${folder} holds no complete checkpoint; let the run reach one, or resume it`);
  return { step: checkpoint2.step, tensors: (await loadCheckpoint(checkpoint2.path, { verify: false })).tensors };
}
function assign(parameters, stored, source) {
  for (const [name, parameter2] of parameters) {
    const shape = stored.get(name)?.shape;
    if (shape?.join() === parameter2.shape.join()) continue;
    const found = shape ? `has shape [${shape}] there` : "is not there";
    throw new UserError(`${source} is of another model: ${name} [${parameter2.shape}] ${found}`);
  }
  const values = fromStored(stored);
  for (const [name, parameter2] of parameters) parameter2.assign(values.get(name));
  dispose3([...values.values()]);
}

// src/run/tokenizer.ts
import { readFile as readFile4 } from "fs/promises";

// ../../packages/data/corpus/src/read.ts
import { createReadStream as createReadStream2 } from "fs";
import { pipeline, Readable } from "stream";
import { createGunzip } from "zlib";

// ../../packages/data/corpus/src/error.ts
var CorpusError = class extends Error {
  name = "CorpusError";
};

// ../../packages/data/corpus/src/find.ts
import { readdir as readdir3, stat as stat3 } from "fs/promises";
import { basename as basename2, join as join8, resolve, sep } from "path";
var defaultExtensions = [".txt", ".md", ".jsonl", ".ts"];
function isUrl(path) {
  return /^https?:\/\//i.test(path);
}
async function findSources(path, extensions) {
  if (isUrl(path)) return [{ location: path, id: path }];
  const found = await stat3(path).catch((error) => {
    const problem2 = error.code === "ENOENT" ? "does not exist" : `cannot be read: ${error.message}`;
    throw new CorpusError(`${path}: ${problem2}`, { cause: error });
  });
  const root = basename2(resolve(path));
  if (!found.isDirectory()) return [{ location: path, id: root }];
  const files = (await walk(path, "")).filter(
    (file) => extensions.some((end) => file.replace(/\.gz$/, "").endsWith(end))
  );
  if (files.length === 0)
    throw new CorpusError(`${path}: has no files that end in ${extensions.join(" ")} (or these with .gz)`);
  return files.sort().map((file) => ({ location: join8(path, ...file.split("/")), id: `${root}/${file}` }));
}
async function walk(root, folder) {
  const path = join8(root, folder);
  const entries = await readdir3(path, { withFileTypes: true }).catch((cause) => {
    throw new CorpusError(`${path}${sep}: cannot be read: ${cause.message}`, { cause });
  });
  const files = [];
  for (const entry of entries) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const name = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isDirectory()) files.push(...await walk(root, name));
    else if (entry.isFile()) files.push(name);
  }
  return files;
}

// ../../packages/data/corpus/src/document.ts
function hasText(text2) {
  return /\S/.test(text2);
}
function parseLine(line, { id: id2, field: field2, number: number2 }) {
  if (!hasText(line)) return void 0;
  const place = `${id2}, line ${number2}`;
  let json;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new CorpusError(`${place}: is not valid JSON: ${cause.message}`, { cause });
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new CorpusError(`${place}: must be an object with the text in its field "${field2}"`);
  }
  const text2 = Object.hasOwn(json, field2) ? json[field2] : void 0;
  if (typeof text2 !== "string") {
    throw new CorpusError(
      `${place}: has no text in its field "${field2}"; its fields are: ${Object.keys(json).join(", ")}`
    );
  }
  return { id: `${id2}:${number2}`, text: text2 };
}

// ../../packages/data/corpus/src/stream.ts
async function* textDocuments(pieces, options) {
  const { id: id2, separator, maxLength } = options;
  let text2 = "";
  let continued = false;
  function* emit(part, continues) {
    if (continued || continues || hasText(part)) yield continues ? { id: id2, text: part, continues } : { id: id2, text: part };
    continued = continues;
  }
  function* drain(slack) {
    for (; ; ) {
      const end = separator ? text2.indexOf(separator) : -1;
      if (end >= 0 && end <= maxLength) {
        yield* emit(text2.slice(0, end), false);
        text2 = text2.slice(end + separator.length);
      } else if (text2.length > maxLength + slack) {
        const at = cutPoint(text2, maxLength);
        yield* emit(text2.slice(0, at), true);
        text2 = text2.slice(at);
      } else return;
    }
  }
  for await (const piece of pieces) {
    text2 += piece;
    yield* drain(separator?.length ?? 0);
  }
  yield* drain(0);
  yield* emit(text2, false);
}
function cutPoint(text2, limit) {
  const isSpace = (at) => /\s/.test(text2[at]);
  for (let at = limit; at > limit / 2; at--) if (text2[at - 1] === "\n" && !isSpace(at)) return at;
  for (let at = limit; at > limit / 2; at--) if (text2[at] === " " && !isSpace(at - 1)) return at;
  const low = text2.charCodeAt(limit);
  return limit > 1 && low >= 56320 && low <= 57343 ? limit - 1 : limit;
}
async function* lineDocuments(pieces, { id: id2, field: field2, maxLength }) {
  let number2 = 0;
  for await (const line of lines2(pieces, () => `${id2}, line ${number2 + 1}`, maxLength)) {
    number2++;
    const document = parseLine(line, { id: id2, field: field2, number: number2 });
    if (document && hasText(document.text)) yield document;
  }
}
async function* lines2(pieces, place, maxLength) {
  let line = "";
  for await (const piece of pieces) {
    const parts = piece.split("\n");
    parts[0] = line + parts[0];
    line = parts.pop();
    yield* parts;
    if (line.length > maxLength) {
      throw new CorpusError(`${place()}: is longer than ${maxLength} characters; is this one JSON object a line?`);
    }
  }
  if (line) yield line;
}

// ../../packages/data/corpus/src/utf8.ts
async function* decodeUtf8(chunks, name) {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest = new Uint8Array(0);
  let position = 0;
  const decode = (bytes) => {
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      throw new CorpusError(`${name}: ${problem(bytes, position)}`, { cause });
    }
  };
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? concat5(rest, chunk) : chunk;
    const end = completeLength(bytes);
    const text2 = decode(bytes.subarray(0, end));
    if (text2) yield position === 0 && text2.startsWith("\uFEFF") ? text2.slice(1) : text2;
    rest = bytes.slice(end);
    position += end;
  }
  if (rest.length > 0) decode(rest);
}
function problem(bytes, position) {
  const [first, second] = bytes;
  if (position === 0 && (first === 255 && second === 254 || first === 254 && second === 255)) {
    return "is UTF-16, not UTF-8; convert it first, for example with iconv -f UTF-16 -t UTF-8";
  }
  const at = validLength(bytes);
  const byte = bytes[at].toString(16).padStart(2, "0");
  return `is not valid UTF-8: byte 0x${byte} at position ${position + at}`;
}
function concat5(a, b) {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
function letterLength(byte) {
  if (byte < 128) return 1;
  if (byte < 194 || byte > 244) return 0;
  return byte < 224 ? 2 : byte < 240 ? 3 : 4;
}
function completeLength(bytes) {
  for (let back2 = 1; back2 <= Math.min(3, bytes.length); back2++) {
    const byte = bytes[bytes.length - back2];
    if (byte >= 192) return letterLength(byte) > back2 ? bytes.length - back2 : bytes.length;
    if (byte < 128) break;
  }
  return bytes.length;
}
function validLength(bytes) {
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at];
    const length = letterLength(first);
    if (length === 0 || at + length > bytes.length) return at;
    for (let i = 1; i < length; i++) {
      const byte = bytes[at + i];
      const low = i === 1 && first === 224 ? 160 : i === 1 && first === 240 ? 144 : 128;
      const high2 = i === 1 && first === 237 ? 159 : i === 1 && first === 244 ? 143 : 191;
      if (byte < low || byte > high2) return at;
    }
    at += length;
  }
  return at;
}

// ../../packages/data/corpus/src/read.ts
async function* readDocuments(paths, options = {}) {
  const { extensions = defaultExtensions, maxLength = 2 ** 22 } = options;
  if (!Number.isSafeInteger(maxLength) || maxLength < 1) {
    throw new RangeError(`readDocuments: maxLength must be a whole number \u2265 1, got ${maxLength}`);
  }
  const all2 = typeof paths === "string" ? [paths] : paths;
  let count = 0;
  for (const path of all2) {
    for (const source of await findSources(path, extensions)) {
      for await (const document of readSource(source, { ...options, maxLength })) {
        count++;
        yield document;
      }
    }
  }
  if (count === 0) throw new CorpusError(`there is no text in ${all2.join(", ") || "an empty list of paths"}`);
}
async function* readSource({ location, id: id2 }, options) {
  const { field: field2 = "text", separator, maxLength, signal } = options;
  const name = (isUrl(location) ? new URL(location).pathname : location).toLowerCase();
  const bytes = isUrl(location) ? await download(location, signal) : createReadStream2(location, { highWaterMark: 2 ** 20 });
  const pieces = decodeUtf8(readable(name.endsWith(".gz") ? unpack(bytes) : bytes, location), location);
  if (/\.jsonl(\.gz)?$/.test(name))
    yield* lineDocuments(pieces, { id: id2, field: field2, maxLength: Math.max(maxLength, 2 ** 26) });
  else yield* textDocuments(pieces, { id: id2, separator, maxLength });
}
function unpack(bytes) {
  return pipeline(bytes, createGunzip(), () => {
  });
}
async function* readable(stream, location) {
  try {
    for await (const chunk of stream) yield chunk;
  } catch (cause) {
    const { code = "", message: message2 } = cause;
    const problem2 = code.startsWith("Z_") ? "is no gzip file, or is cut off" : "cannot be read";
    throw new CorpusError(`${location}: ${problem2}: ${message2}`, { cause });
  }
}
async function download(url, signal) {
  const response = await fetch(url, { signal }).catch((error) => {
    const reason = error.cause?.message ?? error.message;
    throw new CorpusError(`${url}: cannot be fetched: ${reason}`, { cause: error });
  });
  if (!response.ok || !response.body)
    throw new CorpusError(`${url}: the server answers ${response.status} ${response.statusText}`);
  if (response.headers.get("content-type")?.includes("text/html")) {
    await response.body.cancel();
    throw new CorpusError(`${url}: is a web page, not a text; give the address of the file itself`);
  }
  return Readable.fromWeb(response.body);
}

// ../../packages/tokenizers/pretokenize/src/byte-level.ts
var isVisible = (byte) => byte > 32 && byte < 127 || byte > 160 && byte !== 173;
function makeMap() {
  let invisible = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isVisible(byte) ? byte : 256 + invisible++));
}
var byteToUnicode = /* @__PURE__ */ makeMap();
var unicodeToByte = /* @__PURE__ */ new Map(
  /* @__PURE__ */ byteToUnicode.map((character, byte) => [character, byte])
);

// ../../packages/tokenizers/pretokenize/src/kind.ts
var UPPER = 1;
var CASELESS = 2;
var LOWER = 4;
var MARK = 8;
var NUMBER = 16;
var SPACE = 32;
var NEWLINE = 64;
var OTHER = 128;
var PAIR = 256;
var LETTER = UPPER | CASELESS | LOWER;
var SIGN = MARK | OTHER;
var classes = [
  [new RegExp("\\p{Lo}|\\p{Lm}", "u"), CASELESS],
  [new RegExp("\\p{Ll}", "u"), LOWER],
  [new RegExp("\\p{Lu}|\\p{Lt}", "u"), UPPER],
  [new RegExp("\\p{M}", "u"), MARK],
  [new RegExp("\\p{N}", "u"), NUMBER],
  [/[\r\n]/u, SPACE | NEWLINE],
  [new RegExp("\\p{White_Space}", "u"), SPACE]
];
function block3(index) {
  return Uint8Array.from({ length: 256 }, (_, low) => {
    const character = String.fromCodePoint(index * 256 + low);
    return classes.find(([expression2]) => expression2.test(character))?.[1] ?? OTHER;
  });
}
var latin = /* @__PURE__ */ block3(0);
var blocks = [];
function wideKind(text2, at, unit) {
  const codePoint = (unit & 64512) === 55296 ? text2.codePointAt(at) : unit;
  const index = codePoint >> 8;
  let kinds3 = blocks[index];
  if (kinds3 === void 0) {
    kinds3 = block3(index);
    blocks[index] = kinds3;
  }
  const kind = kinds3[codePoint & 255];
  return codePoint > 65535 ? kind | PAIR : kind;
}
function kindAt(text2, at) {
  const unit = text2.charCodeAt(at);
  return unit < 256 ? latin[unit] : wideKind(text2, at, unit);
}
function runEnd(text2, at, mask) {
  const { length } = text2;
  let end = at;
  while (end < length) {
    const unit = text2.charCodeAt(end);
    if (unit < 256) {
      if ((latin[unit] & mask) === 0) break;
      end++;
    } else {
      const kind = wideKind(text2, end, unit);
      if ((kind & mask) === 0) break;
      end += (kind & PAIR) === 0 ? 1 : 2;
    }
  }
  return end;
}

// ../../packages/tokenizers/pretokenize/src/parts.ts
var APOSTROPHE = 39;
var LONG_S = 383;
var FOLD = 32;
function contractionEnd(text2, at, fold) {
  const { length } = text2;
  if (at + 1 >= length || text2.charCodeAt(at) !== APOSTROPHE) return at;
  const unit = text2.charCodeAt(at + 1);
  switch (unit | fold) {
    case 115:
    // s
    case 116:
    // t
    case 109:
    // m
    case 100:
      return at + 2;
    case 108:
      return at + 2 < length && (text2.charCodeAt(at + 2) | fold) === 108 ? at + 3 : at;
    case 114:
    // re
    case 118:
      return at + 2 < length && (text2.charCodeAt(at + 2) | fold) === 101 ? at + 3 : at;
    default:
      return fold !== 0 && unit === LONG_S ? at + 2 : at;
  }
}
function threeDigitsEnd(text2, at) {
  let end = at;
  for (let count = 0; count < 3 && end < text2.length; count++) {
    const kind = kindAt(text2, end);
    if ((kind & NUMBER) === 0) break;
    end += (kind & PAIR) === 0 ? 1 : 2;
  }
  return end;
}
function whiteSpaceEnd(text2, at, newlines) {
  let end = at;
  let afterNewline = at;
  for (; end < text2.length; end++) {
    const kind = kindAt(text2, end);
    if ((kind & SPACE) === 0) break;
    if ((kind & NEWLINE) !== 0) afterNewline = end + 1;
  }
  if (newlines && afterNewline > at) return afterNewline;
  return end === text2.length || end === at + 1 ? end : end - 1;
}

// ../../packages/tokenizers/pretokenize/src/cl100k.ts
var BLANK = 32;
function cl100k(text2, start) {
  const first = kindAt(text2, start);
  if ((first & LETTER) !== 0) return runEnd(text2, start, LETTER);
  if ((first & NUMBER) !== 0) return threeDigitsEnd(text2, start);
  const afterContraction = contractionEnd(text2, start, FOLD);
  if (afterContraction > start) return afterContraction;
  const next2 = start + ((first & PAIR) === 0 ? 1 : 2);
  const second = next2 < text2.length ? kindAt(text2, next2) : 0;
  if ((second & LETTER) !== 0 && (first & NEWLINE) === 0) return runEnd(text2, next2, LETTER);
  if ((first & SIGN) !== 0) return runEnd(text2, runEnd(text2, next2, SIGN), NEWLINE);
  if ((second & SIGN) !== 0 && text2.charCodeAt(start) === BLANK) {
    return runEnd(text2, runEnd(text2, next2, SIGN), NEWLINE);
  }
  return whiteSpaceEnd(text2, start, true);
}

// ../../packages/tokenizers/pretokenize/src/gpt2.ts
var BLANK2 = 32;
function gpt2(text2, start) {
  const afterContraction = contractionEnd(text2, start, 0);
  if (afterContraction > start) return afterContraction;
  const at = text2.charCodeAt(start) === BLANK2 && start + 1 < text2.length ? start + 1 : start;
  const kind = kindAt(text2, at);
  if ((kind & LETTER) !== 0) return runEnd(text2, at, LETTER);
  if ((kind & NUMBER) !== 0) return runEnd(text2, at, NUMBER);
  if ((kind & SPACE) === 0) return runEnd(text2, at, SIGN);
  return whiteSpaceEnd(text2, start, false);
}

// ../../packages/tokenizers/pretokenize/src/o200k.ts
var BLANK3 = 32;
var SLASH = 47;
var SHARED = CASELESS | MARK;
function wordEnd(text2, start) {
  let at = start;
  let afterShared = start;
  while (at < text2.length) {
    const kind = kindAt(text2, at);
    if ((kind & (UPPER | SHARED)) === 0) break;
    at += (kind & PAIR) === 0 ? 1 : 2;
    if ((kind & SHARED) !== 0) afterShared = at;
  }
  const end = runEnd(text2, at, LOWER | SHARED);
  return end === at && afterShared > start ? afterShared : end;
}
function signsEnd(text2, start) {
  let end = runEnd(text2, start, SIGN);
  while (end < text2.length && (text2.charCodeAt(end) === SLASH || (kindAt(text2, end) & NEWLINE) !== 0)) end++;
  return end;
}
function o200k(text2, start) {
  const first = kindAt(text2, start);
  if ((first & (LETTER | MARK)) !== 0) return contractionEnd(text2, wordEnd(text2, start), FOLD);
  if ((first & NUMBER) !== 0) return threeDigitsEnd(text2, start);
  const next2 = start + ((first & PAIR) === 0 ? 1 : 2);
  const second = next2 < text2.length ? kindAt(text2, next2) : 0;
  if ((second & (LETTER | MARK)) !== 0 && (first & NEWLINE) === 0) {
    return contractionEnd(text2, wordEnd(text2, next2), FOLD);
  }
  if ((first & SIGN) !== 0) return signsEnd(text2, start);
  if ((second & SIGN) !== 0 && text2.charCodeAt(start) === BLANK3) return signsEnd(text2, next2);
  return whiteSpaceEnd(text2, start, true);
}

// ../../packages/tokenizers/pretokenize/src/pretokenize.ts
var whitespace = (text2, start) => runEnd(text2, start, (kindAt(text2, start) & SPACE) === 0 ? LETTER | NUMBER | SIGN : SPACE);
var scanners = { gpt2, cl100k, o200k, llama3: cl100k, whitespace };
function scanner(pattern) {
  if (!Object.hasOwn(scanners, pattern)) {
    throw new RangeError(
      `scanner: pattern must be one of ${Object.keys(scanners).join(", ")}, got ${JSON.stringify(pattern)}`
    );
  }
  return scanners[pattern];
}

// ../../packages/tokenizers/tokenizer/src/byte-level-model.ts
var ByteLevelModel = class {
  bpe;
  constructor(bpe) {
    this.bpe = bpe;
  }
  get vocabSize() {
    return this.bpe.vocabSize;
  }
  encode(text2, scanner2) {
    return this.bpe.encode(text2, scanner2);
  }
  tokenBytes(id2) {
    return this.bpe.tokenBytes(id2);
  }
  idToToken(id2) {
    const bytes = this.bpe.tokenBytes(id2);
    return bytes && written(bytes);
  }
  tokenToId(token) {
    const bytes = bytesOf2(token);
    return bytes && this.bpe.tokenId(bytes);
  }
  toJSON({ expression: expression2, builtIn }) {
    const names = [];
    const vocab = /* @__PURE__ */ Object.create(null);
    for (const [bytes, id2] of this.bpe.tokens()) {
      names[id2] = written(bytes);
      vocab[names[id2]] = id2;
    }
    const byteLevel2 = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: builtIn };
    const split3 = { type: "Split", pattern: { Regex: expression2 }, behavior: "Isolated", invert: false };
    return {
      pre_tokenizer: builtIn ? byteLevel2 : { type: "Sequence", pretokenizers: [split3, byteLevel2] },
      decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: {
        type: "BPE",
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: this.bpe.wholePieces,
        vocab,
        merges: this.bpe.merges().map(([left, right]) => [names[left], names[right]])
      }
    };
  }
};
function bytesOf2(token) {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = unicodeToByte.get(token[i]);
    if (byte === void 0) return void 0;
    bytes[i] = byte;
  }
  return bytes;
}
function written(bytes) {
  let token = "";
  for (const byte of bytes) token += byteToUnicode[byte];
  return token;
}

// ../../packages/tokenizers/tokenizer/src/error.ts
var TokenizerError = class extends Error {
  name = "TokenizerError";
};

// ../../packages/tokenizers/tokenizer/src/char-model.ts
var EVERY_CHARACTER = "[\\s\\S]";
var CharModel = class {
  vocabSize;
  unknown;
  #ids;
  #characters = /* @__PURE__ */ new Map();
  constructor({ vocab, unknown }) {
    this.#ids = vocab;
    this.unknown = unknown;
    let limit = 0;
    for (const [character, id2] of vocab) {
      if ([...character].length !== 1) {
        throw new TokenizerError(`CharModel: ${JSON.stringify(character)} is not one character`);
      }
      if (!Number.isSafeInteger(id2) || id2 < 0) throw new TokenizerError(`CharModel: ${String(id2)} is not an id`);
      const twin = this.#characters.get(id2);
      if (twin !== void 0) {
        throw new TokenizerError(
          `CharModel: ${JSON.stringify(twin)} and ${JSON.stringify(character)} have the id ${id2}`
        );
      }
      this.#characters.set(id2, character);
      limit = Math.max(limit, id2 + 1);
    }
    this.vocabSize = limit;
  }
  encode(text2) {
    const ids = [];
    let position = 0;
    for (const found of text2) {
      const character = wellFormed(found);
      const id2 = this.#ids.get(character) ?? this.unknown?.id;
      if (id2 === void 0) {
        throw new TokenizerError(
          `Tokenizer.encode: the character ${JSON.stringify(character)} at position ${position} is not in the vocabulary of ${this.#ids.size} characters; train with it, or with unknownToken: "<unk>"`
        );
      }
      ids.push(id2);
      position += found.length;
    }
    return ids;
  }
  tokenBytes(id2) {
    const character = this.#characters.get(id2);
    return character === void 0 ? void 0 : new TextEncoder().encode(character);
  }
  idToToken(id2) {
    return this.#characters.get(id2);
  }
  tokenToId(token) {
    return this.#ids.get(token);
  }
  toJSON() {
    const vocab = /* @__PURE__ */ Object.create(null);
    for (const [character, id2] of this.#ids) vocab[character] = id2;
    if (this.unknown) vocab[this.unknown.token] = this.unknown.id;
    return {
      pre_tokenizer: { type: "Split", pattern: { Regex: EVERY_CHARACTER }, behavior: "Isolated", invert: false },
      decoder: { type: "Fuse" },
      model: {
        type: "BPE",
        dropout: null,
        unk_token: this.unknown?.token ?? null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: false,
        vocab,
        merges: []
      }
    };
  }
};
function wellFormed(character) {
  return /^[\ud800-\udfff]$/.test(character) ? "\uFFFD" : character;
}

// ../../packages/tokenizers/tokenizer/src/decode-stream.ts
var DecodeStream = class {
  #bytesOf;
  #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  constructor(bytesOf3) {
    this.#bytesOf = bytesOf3;
  }
  /** The text that is complete with this id, perhaps none. */
  push(id2) {
    return this.#decoder.decode(this.#bytesOf(id2), { stream: true });
  }
  /** What is left at the end: U+FFFD for a character that was never finished, or nothing. */
  flush() {
    return this.#decoder.decode();
  }
};

// ../../packages/tokenizers/bpe/src/error.ts
var BpeError = class extends Error {
  name = "BpeError";
};

// ../../packages/tokenizers/bpe/src/pair-map.ts
var EMPTY = -1;
var PairMap = class {
  size = 0;
  #table;
  #mask;
  #seed = Math.random() * 4294967296 | 0;
  /** `capacity`: how many pairs to expect; the map grows when there are more. */
  constructor(capacity = 1024) {
    let slots = 16;
    while (slots < capacity * 2) slots *= 2;
    this.#table = new Int32Array(slots * 3).fill(EMPTY);
    this.#mask = slots - 1;
  }
  /** The value of a pair, or -1. */
  get(left, right) {
    const table = this.#table;
    return table[this.#find(table, left, right) + 2];
  }
  set(left, right, value) {
    let at = this.#find(this.#table, left, right);
    if (this.#table[at] === EMPTY) {
      if (this.size * 2 > this.#mask) {
        this.#rehash();
        at = this.#find(this.#table, left, right);
      }
      this.size++;
      this.#table[at] = left;
      this.#table[at + 1] = right;
    }
    this.#table[at + 2] = value;
  }
  /** All pairs with their values, [left, right, value], in no order that means anything. */
  entries() {
    const found = [];
    const table = this.#table;
    for (let at = 0; at < table.length; at += 3) {
      if (table[at] !== EMPTY) found.push([table[at], table[at + 1], table[at + 2]]);
    }
    return found;
  }
  /** Where the pair is, or where it would be put; an empty slot holds -1 as its value too. */
  #find(table, left, right) {
    const mask = this.#mask;
    let h = Math.imul(left ^ this.#seed, 2654435761);
    h = Math.imul((h ^ h >>> 15) + right, 2246822507);
    let slot = (h ^ h >>> 13) & mask;
    for (; ; ) {
      const at = slot * 3;
      const held = table[at];
      if (held === EMPTY || held === left && table[at + 1] === right) return at;
      slot = slot + 1 & mask;
    }
  }
  #rehash() {
    const old = this.#table;
    this.#table = new Int32Array(old.length * 2).fill(EMPTY);
    this.#mask = this.#mask * 2 + 1;
    for (let i = 0; i < old.length; i += 3) {
      if (old[i] === EMPTY) continue;
      const at = this.#find(this.#table, old[i], old[i + 1]);
      for (let k = 0; k < 3; k++) this.#table[at + k] = old[i + k];
    }
  }
};

// ../../packages/tokenizers/bpe/src/grow.ts
function grow(array2, size2) {
  if (size2 <= array2.length) return array2;
  const larger = new array2.constructor(Math.max(size2, array2.length * 2));
  larger.set(array2);
  return larger;
}

// ../../packages/tokenizers/bpe/src/vocabulary.ts
var MAX_ID = 1 << 21;
var MAX_TOKEN = 1 << 24;
var Vocabulary = class {
  /** Number of tokens. */
  size = 0;
  /** Highest id + 1. */
  idLimit = 0;
  bytes = new Uint8Array(4096);
  /** Where a token's bytes start in `bytes`, and how many there are; 0 for an id that is not used. */
  starts = new Int32Array(512);
  lengths = new Int32Array(512);
  base = Math.random() * 4294967296 & ~7 | 5;
  #used = 0;
  #slots = new Int32Array(1024).fill(-1);
  #hashes = new Int32Array(512);
  /** Adds a token; throws BpeError for an id or bytes that are there already. */
  add(token, id2) {
    if (!Number.isInteger(id2) || id2 < 0 || id2 >= MAX_ID) {
      throw new BpeError(`BPE: a token id must be an integer from 0 to ${MAX_ID - 1}, got ${String(id2)}`);
    }
    if (token.length === 0) throw new BpeError(`BPE: token ${id2} has no bytes`);
    if (id2 < this.idLimit && this.lengths[id2] !== 0) throw new BpeError(`BPE: two tokens have the id ${id2}`);
    const hash = this.hash(token, 0, token.length);
    const twin = this.find(hash, token, 0, token.length);
    if (twin !== -1) throw new BpeError(`BPE: the tokens ${twin} and ${id2} have the same bytes [${token.join(" ")}]`);
    this.#reserve(id2, token.length);
    this.bytes.set(token, this.#used);
    this.starts[id2] = this.#used;
    this.lengths[id2] = token.length;
    this.#used += token.length;
    this.#hashes[id2] = hash;
    this.#insert(id2);
    this.size++;
  }
  hash(bytes, start, end) {
    let h = 0;
    for (let i = start; i < end; i++) h = Math.imul(h, this.base) + bytes[i] + 1 | 0;
    return h;
  }
  /** The id of the token `bytes[start, end)`, whose hash is given, or -1. */
  find(hash, bytes, start, end) {
    const mask = this.#slots.length - 1;
    for (let slot = spread2(hash) & mask; ; slot = slot + 1 & mask) {
      const id2 = this.#slots[slot];
      if (id2 === -1 || this.#hashes[id2] === hash && this.#equals(id2, bytes, start, end)) return id2;
    }
  }
  /** The id of a token, or -1. */
  idOf(token) {
    return this.find(this.hash(token, 0, token.length), token, 0, token.length);
  }
  /** The bytes of a token (a view), or undefined for an id that is not used. */
  bytesOf(id2) {
    const length = this.lengths[id2];
    return length ? this.bytes.subarray(this.starts[id2], this.starts[id2] + length) : void 0;
  }
  #equals(id2, bytes, start, end) {
    if (this.lengths[id2] !== end - start) return false;
    const own3 = this.bytes;
    for (let i = start, k = this.starts[id2]; i < end; i++, k++) if (own3[k] !== bytes[i]) return false;
    return true;
  }
  #reserve(id2, length) {
    this.bytes = grow(this.bytes, this.#used + length);
    this.idLimit = Math.max(this.idLimit, id2 + 1);
    this.starts = grow(this.starts, id2 + 1);
    this.lengths = grow(this.lengths, id2 + 1);
    this.#hashes = grow(this.#hashes, id2 + 1);
    if (this.size * 2 < this.#slots.length) return;
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    for (let k = 0; k < this.idLimit; k++) if (this.lengths[k]) this.#insert(k);
  }
  #insert(id2) {
    const mask = this.#slots.length - 1;
    let slot = spread2(this.#hashes[id2]) & mask;
    while (this.#slots[slot] !== -1) slot = slot + 1 & mask;
    this.#slots[slot] = id2;
  }
};
function concatenate(a, b) {
  if (a.length + b.length > MAX_TOKEN) {
    throw new BpeError(`BPE: a token of ${a.length + b.length} bytes is too long (${MAX_TOKEN} at most)`);
  }
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
function spread2(hash) {
  const h = Math.imul(hash ^ hash >>> 16, 73244475);
  return h ^ h >>> 15;
}

// ../../packages/tokenizers/bpe/src/derive-merges.ts
function mergesFromVocabulary(vocabulary) {
  const ranks = new PairMap(vocabulary.size * 2);
  const merged = new Int32Array(vocabulary.idLimit);
  const { bytes, base, starts, lengths } = vocabulary;
  for (let id2 = 0; id2 < vocabulary.idLimit; id2++) {
    merged[id2] = id2;
    const length = lengths[id2];
    const start = starts[id2];
    const whole2 = vocabulary.hash(bytes, start, start + length);
    let suffix = 0;
    let power = 1;
    for (let cut = start + length - 1; cut > start; cut--) {
      suffix = suffix + Math.imul(bytes[cut] + 1, power) | 0;
      power = Math.imul(power, base);
      const right = vocabulary.find(suffix, bytes, cut, start + length);
      if (right === -1) continue;
      const prefix = Math.imul(whole2 - suffix, inverse(power));
      const left = vocabulary.find(prefix, bytes, start, cut);
      if (left !== -1) ranks.set(left, right, id2);
    }
  }
  return { ranks, merged };
}
function inverse(x) {
  let y = x;
  for (let i = 0; i < 4; i++) y = Math.imul(y, 2 - Math.imul(x, y));
  return y;
}
function mergesFromPairs(pairs, vocabulary, extend) {
  const ranks = new PairMap(vocabulary.size);
  const merged = [];
  let count = 0;
  for (const [left, right] of pairs) {
    const a = vocabulary.bytesOf(left);
    const b = vocabulary.bytesOf(right);
    const where3 = `BPE: merge ${count} [${left}, ${right}]`;
    if (!a || !b) throw new BpeError(`${where3} names the id ${a ? right : left}, which no token has`);
    const joined = concatenate(a, b);
    let id2 = vocabulary.idOf(joined);
    if (id2 === -1) {
      if (!extend) throw new BpeError(`${where3} makes a token that the vocabulary lacks: bytes [${joined.join(" ")}]`);
      id2 = vocabulary.idLimit;
      vocabulary.add(joined, id2);
    }
    if (id2 !== merged.at(-1)) merged.push(id2);
    if (ranks.get(left, right) === -1) ranks.set(left, right, merged.length - 1);
    count++;
  }
  return { ranks, merged: Int32Array.from(merged) };
}
function pairsInOrder({ ranks }) {
  const entries = ranks.entries().sort((a, b) => a[2] - b[2] || a[0] - b[0] || a[1] - b[1]);
  return entries.map(([left, right]) => [left, right]);
}

// ../../packages/tokenizers/bpe/src/heap.ts
var Heap = class {
  size = 0;
  #items;
  #before;
  constructor(before, capacity = 64) {
    this.#before = before;
    this.#items = new Float64Array(capacity);
  }
  push(item) {
    this.#items = grow(this.#items, this.size + 1);
    const items = this.#items;
    let at = this.size++;
    while (at > 0) {
      const parent = at - 1 >> 1;
      if (!this.#before(item, items[parent])) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = item;
  }
  /** Takes the first item away; only while `size` is above 0. */
  pop() {
    const items = this.#items;
    const first = items[0];
    const size2 = --this.size;
    const item = items[size2];
    let at = 0;
    for (; ; ) {
      let child = 2 * at + 1;
      if (child >= size2) break;
      if (child + 1 < size2 && this.#before(items[child + 1], items[child])) child++;
      if (!this.#before(items[child], item)) break;
      items[at] = items[child];
      at = child;
    }
    items[at] = item;
    return first;
  }
};

// ../../packages/tokenizers/bpe/src/merge.ts
var SHORT = 64;
var NONE = 2147483647;
var shortRanks = new Int32Array(SHORT);
function merge(merges, ids, n) {
  return n <= SHORT ? mergeShort(merges, ids, n) : mergeLong(merges, ids, n);
}
function mergeShort({ ranks, merged }, ids, n) {
  const rank = shortRanks;
  for (let i = 0; i + 1 < n; i++) rank[i] = rankOf(ranks, ids[i], ids[i + 1]);
  while (n > 1) {
    let best2 = 0;
    let lowest = rank[0];
    for (let i = 1; i + 1 < n; i++) {
      if (rank[i] < lowest) {
        lowest = rank[i];
        best2 = i;
      }
    }
    if (lowest === NONE) break;
    ids[best2] = merged[lowest];
    n--;
    for (let i = best2 + 1; i < n; i++) {
      ids[i] = ids[i + 1];
      rank[i] = rank[i + 1];
    }
    if (best2 + 1 < n) rank[best2] = rankOf(ranks, ids[best2], ids[best2 + 1]);
    if (best2 > 0) rank[best2 - 1] = rankOf(ranks, ids[best2 - 1], ids[best2]);
  }
  return n;
}
function rankOf(ranks, left, right) {
  const rank = ranks.get(left, right);
  return rank === -1 ? NONE : rank;
}
var POSITIONS = 2 ** 32;
var lower = (a, b) => a < b;
function mergeLong({ ranks, merged }, ids, n) {
  const next2 = new Int32Array(n + 1);
  const previous = new Int32Array(n + 1);
  const rank = new Int32Array(n);
  const heap = new Heap(lower, n);
  const offer = (at) => {
    rank[at] = next2[at] < n ? ranks.get(ids[at], ids[next2[at]]) : -1;
    if (rank[at] !== -1) heap.push(rank[at] * POSITIONS + at);
  };
  for (let i = 0; i < n; i++) {
    next2[i] = i + 1;
    previous[i] = i - 1;
    offer(i);
  }
  while (heap.size > 0) {
    const key = heap.pop();
    const best2 = Math.floor(key / POSITIONS);
    const at = key - best2 * POSITIONS;
    if (rank[at] !== best2) continue;
    const gone = next2[at];
    ids[at] = merged[best2];
    rank[gone] = -1;
    next2[at] = next2[gone];
    previous[next2[at]] = at;
    offer(at);
    if (previous[at] >= 0) offer(previous[at]);
  }
  let left = 0;
  for (let i = 0; i < n; i = next2[i]) ids[left++] = ids[i];
  return left;
}

// ../../packages/tokenizers/bpe/src/piece-cache.ts
var SLOTS = 1 << 17;
var PROBES = 8;
var KEY_UNITS = 1 << 20;
var ID_COUNT = 1 << 20;
var MAX_CACHED = 48;
var PieceCache = class {
  // A slot: hash, start of the key in #keys, length of the key (0: empty) and number of ids << 8, start of the ids in #ids.
  #slots = new Int32Array(SLOTS * 4);
  #keys = new Uint16Array(KEY_UNITS);
  #ids = new Int32Array(ID_COUNT);
  #keysUsed = 0;
  #idsUsed = 0;
  // The last piece that was looked for and not found: its hash and the slot for it.
  #hash = 0;
  #slot = 0;
  /** Appends the ids of `text[start, end)` to `out` if they are known. */
  append(text2, start, end, out) {
    let hash = end - start;
    for (let i = start; i < end; i++) hash = Math.imul(hash + text2.charCodeAt(i), 2654435761);
    hash = Math.imul(hash ^ hash >>> 15, 739982445);
    hash ^= hash >>> 12;
    const slots = this.#slots;
    const home = hash & SLOTS - 1;
    this.#hash = hash;
    this.#slot = home * 4;
    for (let probe = 0; probe < PROBES; probe++) {
      const at = (home + probe & SLOTS - 1) * 4;
      const sizes = slots[at + 2];
      if (sizes === 0) {
        this.#slot = at;
        return false;
      }
      if (slots[at] === hash && (sizes & 255) === end - start && this.#equals(slots[at + 1], text2, start, end)) {
        const first = slots[at + 3];
        const ids = this.#ids;
        for (let i = first; i < first + (sizes >> 8); i++) out.push(ids[i]);
        return true;
      }
    }
    return false;
  }
  /** Keeps the first `n` of `ids` for `text[start, end)`, the piece that `append` has just not found. */
  keep(text2, start, end, ids, n) {
    if (this.#keysUsed + end - start > KEY_UNITS || this.#idsUsed + n > ID_COUNT) {
      this.#slots.fill(0);
      this.#keysUsed = 0;
      this.#idsUsed = 0;
    }
    const at = this.#slot;
    this.#slots[at] = this.#hash;
    this.#slots[at + 1] = this.#keysUsed;
    this.#slots[at + 2] = end - start | n << 8;
    this.#slots[at + 3] = this.#idsUsed;
    for (let i = start; i < end; i++) this.#keys[this.#keysUsed++] = text2.charCodeAt(i);
    for (let i = 0; i < n; i++) this.#ids[this.#idsUsed++] = ids[i];
  }
  #equals(key, text2, start, end) {
    const keys = this.#keys;
    for (let i = start, k = key; i < end; i++, k++) if (keys[k] !== text2.charCodeAt(i)) return false;
    return true;
  }
};

// ../../packages/tokenizers/bpe/src/utf8.ts
function writeUtf8(text2, start, end, out) {
  let n = 0;
  for (let i = start; i < end; i++) {
    let code = text2.charCodeAt(i);
    if (code < 128) {
      out[n++] = code;
      continue;
    }
    if (code >= 55296 && code <= 57343) {
      const next2 = code < 56320 && i + 1 < end ? text2.charCodeAt(i + 1) : 0;
      if (next2 >= 56320 && next2 <= 57343) {
        code = 65536 + (code - 55296 << 10) + (next2 - 56320);
        i++;
      } else code = 65533;
    }
    if (code < 2048) {
      out[n++] = 192 | code >> 6;
    } else {
      if (code < 65536) out[n++] = 224 | code >> 12;
      else {
        out[n++] = 240 | code >> 18;
        out[n++] = 128 | code >> 12 & 63;
      }
      out[n++] = 128 | code >> 6 & 63;
    }
    out[n++] = 128 | code & 63;
  }
  return n;
}
function utf8(text2) {
  const out = new Uint8Array(text2.length * 3);
  return out.slice(0, writeUtf8(text2, 0, text2.length, out));
}

// ../../packages/tokenizers/bpe/src/bpe.ts
var BPE = class _BPE {
  #vocabulary;
  #merges;
  /** Whether a piece that is a token is that token, whatever the merges make of it. */
  wholePieces;
  #byteIds = new Int32Array(256);
  #cache = new PieceCache();
  #bytes = new Uint8Array(MAX_CACHED * 3);
  #ids = new Int32Array(MAX_CACHED * 3);
  #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  constructor(vocabulary, merges, wholePieces) {
    this.#vocabulary = vocabulary;
    this.#merges = merges;
    this.wholePieces = wholePieces;
    for (let byte = 0; byte < 256; byte++) this.#byteIds[byte] = vocabulary.idOf(Uint8Array.of(byte));
  }
  /** From tiktoken's ranks: tokens and their ids, which are also the order of joining. Throws BpeError for ids or bytes that come twice. */
  static fromRanks(ranks) {
    const vocabulary = vocabularyOf(ranks);
    return new _BPE(vocabulary, mergesFromVocabulary(vocabulary), true);
  }
  /** From merges, pairs of ids in the order of joining. Throws BpeError for a merge of, or into, a token that is not there. */
  static fromMerges(merges, options = {}) {
    const vocabulary = vocabularyOf(options.vocabulary ?? byteTokens());
    const derived = mergesFromPairs(merges, vocabulary, options.vocabulary === void 0);
    return new _BPE(vocabulary, derived, options.wholePieces ?? false);
  }
  /** Highest id + 1. */
  get vocabSize() {
    return this.#vocabulary.idLimit;
  }
  /** The ids of `text`, cut into pieces by `scanner`; without one the text is a single piece. */
  encode(text2, scanner2) {
    const out = [];
    for (let start = 0; start < text2.length; ) {
      const end = scanner2 ? scanner2(text2, start) : text2.length;
      if (!(end > start)) throw new BpeError(`BPE.encode: the scanner made no step at position ${start}, got ${end}`);
      this.#encodePiece(text2, start, Math.min(end, text2.length), out);
      start = end;
    }
    return out;
  }
  /** The ids of text that is cut already. */
  encodePieces(pieces) {
    const out = [];
    for (const piece of pieces) this.#encodePiece(piece, 0, piece.length, out);
    return out;
  }
  /** The ids of one piece given as bytes, which need not be UTF-8. */
  encodeBytes(piece) {
    const ids = new Int32Array(piece.length);
    return Array.from(ids.subarray(0, this.#mergeBytes(piece, piece.length, ids)));
  }
  /** The bytes of the tokens, joined. Throws BpeError for an id that no token has. */
  decodeBytes(ids) {
    const tokens = [];
    let length = 0;
    for (const id2 of ids) {
      const token = this.#vocabulary.bytesOf(id2);
      if (!token) throw new BpeError(`BPE.decode: no token has the id ${String(id2)} (ids are below ${this.vocabSize})`);
      tokens.push(token);
      length += token.length;
    }
    const out = new Uint8Array(length);
    let at = 0;
    for (const token of tokens) {
      out.set(token, at);
      at += token.length;
    }
    return out;
  }
  /** The text of the tokens; bytes that are not UTF-8 become U+FFFD. Throws BpeError for an id that no token has. */
  decode(ids) {
    return this.#decoder.decode(this.decodeBytes(ids));
  }
  /** The pairs that are joined, in order, for `BPE.fromMerges`: of a vocabulary made from ranks, all ways to cut each token in two. */
  merges() {
    return pairsInOrder(this.#merges);
  }
  /** All tokens and their ids, by rising id. */
  *tokens() {
    for (let id2 = 0; id2 < this.vocabSize; id2++) {
      const token = this.tokenBytes(id2);
      if (token) yield [token, id2];
    }
  }
  /** The bytes of one token (a copy), or undefined. */
  tokenBytes(id2) {
    return this.#vocabulary.bytesOf(id2)?.slice();
  }
  /** The id of a token given as bytes or as text, or undefined. */
  tokenId(token) {
    const id2 = this.#vocabulary.idOf(typeof token === "string" ? utf8(token) : token);
    return id2 === -1 ? void 0 : id2;
  }
  #encodePiece(text2, start, end, out) {
    const short2 = end - start <= MAX_CACHED;
    if (short2 && this.#cache.append(text2, start, end, out)) return;
    const bytes = short2 ? this.#bytes : new Uint8Array((end - start) * 3);
    const length = writeUtf8(text2, start, end, bytes);
    const ids = short2 ? this.#ids : new Int32Array(length);
    const n = this.#mergeBytes(bytes, length, ids);
    for (let i = 0; i < n; i++) out.push(ids[i]);
    if (short2) this.#cache.keep(text2, start, end, ids, n);
  }
  /** Encodes the piece `bytes[0, length)` into `ids`, which has room for a symbol a byte; returns how many ids. */
  #mergeBytes(bytes, length, ids) {
    if (this.wholePieces && length > 1) {
      const whole2 = this.#vocabulary.find(this.#vocabulary.hash(bytes, 0, length), bytes, 0, length);
      if (whole2 !== -1) {
        ids[0] = whole2;
        return 1;
      }
    }
    for (let i = 0; i < length; i++) {
      const id2 = this.#byteIds[bytes[i]];
      if (id2 === -1) throw new BpeError(`BPE.encode: the vocabulary has no token for the byte ${bytes[i]}`);
      ids[i] = id2;
    }
    return merge(this.#merges, ids, length);
  }
};
function vocabularyOf(tokens) {
  const vocabulary = new Vocabulary();
  for (const [token, id2] of tokens) vocabulary.add(token, id2);
  return vocabulary;
}
function* byteTokens() {
  for (let byte = 0; byte < 256; byte++) yield [Uint8Array.of(byte), byte];
}

// ../../packages/tokenizers/bpe/src/piece-counter.ts
var PieceCounter = class {
  #counts = /* @__PURE__ */ new Map();
  #scanner;
  #maxPieces;
  constructor(scanner2, { maxPieces = 8e6 } = {}) {
    this.#scanner = scanner2;
    this.#maxPieces = maxPieces;
  }
  /** Number of distinct pieces. */
  get size() {
    return this.#counts.size;
  }
  /** Counts the pieces of a text. Pieces do not cross calls: cut a corpus between documents or lines. */
  add(text2) {
    const counts = this.#counts;
    for (let start = 0; start < text2.length; ) {
      const end = this.#scanner(text2, start);
      if (!(end > start)) throw new BpeError(`PieceCounter: the scanner made no step at position ${start}, got ${end}`);
      const piece = text2.slice(start, end);
      const count = counts.get(piece);
      if (count !== void 0) counts.set(piece, count + 1);
      else {
        if (counts.size >= this.#maxPieces) this.#forgetRarest();
        counts.set(owned(piece), 1);
      }
      start = end;
    }
  }
  [Symbol.iterator]() {
    return this.#counts.entries();
  }
  /** Drops the pieces that occur least often, until half of the room is free. */
  #forgetRarest() {
    for (let rare = 1; this.#counts.size > this.#maxPieces / 2; rare *= 2) {
      for (const [piece, count] of this.#counts) if (count <= rare) this.#counts.delete(piece);
    }
  }
};
function owned(piece) {
  return piece.length < 13 ? piece : ` ${piece}`.slice(1);
}

// ../../packages/tokenizers/bpe/src/tiktoken.ts
function parseTiktoken(text2) {
  const ranks = [];
  let number2 = 0;
  for (const line of text2.split("\n")) {
    number2++;
    const fields = line.trim().split(" ");
    if (fields[0] === "") continue;
    const compact = fields[0] === "!" && fields.length > 2;
    const rank = compact || fields.length === 2 ? Number(fields[1] || "NaN") : Number.NaN;
    if (!Number.isInteger(rank)) {
      throw new BpeError(`parseTiktoken: line ${number2} must be "BASE64 RANK", got "${line.slice(0, 40)}"`);
    }
    const tokens = compact ? fields.slice(2) : fields.slice(0, 1);
    tokens.forEach((token, i) => {
      ranks.push([fromBase64(token, number2), rank + i]);
    });
  }
  return ranks;
}
function fromBase64(token, line) {
  try {
    return Uint8Array.from(atob(token), (c) => c.charCodeAt(0));
  } catch {
    throw new BpeError(`parseTiktoken: line ${line} has a token that is not base64: "${token.slice(0, 40)}"`);
  }
}

// ../../packages/tokenizers/bpe/src/pair-table.ts
var END = -1;
var PairTable = class {
  size = 0;
  left = new Int32Array(1024);
  right = new Int32Array(1024);
  counts = new Float64Array(1024);
  #numbers = new PairMap();
  #heads = new Int32Array(1024);
  #places = new Int32Array(1 << 16);
  #next = new Int32Array(1 << 16);
  #used = 0;
  #free = END;
  /** Notes that the pair stands at `place` with the weight `count`; returns the pair's number. */
  add(left, right, count, place) {
    let pair = this.#numbers.get(left, right);
    if (pair === -1) pair = this.#create(left, right);
    this.counts[pair] += count;
    let node = this.#free;
    if (node !== END) this.#free = this.#next[node];
    else {
      node = this.#used++;
      this.#places = grow(this.#places, this.#used);
      this.#next = grow(this.#next, this.#used);
    }
    this.#places[node] = place;
    this.#next[node] = this.#heads[pair];
    this.#heads[pair] = node;
    return pair;
  }
  /** Notes that the pair stands somewhere no more; the place stays in its list, out of date. */
  remove(left, right, count) {
    this.counts[this.#numbers.get(left, right)] -= count;
  }
  /** The places of a pair, which it forgets. */
  takePlaces(pair) {
    let length = 0;
    let last = END;
    for (let node2 = this.#heads[pair]; node2 !== END; node2 = this.#next[node2]) {
      last = node2;
      length++;
    }
    const places = new Int32Array(length);
    if (last === END) return places;
    let node = this.#heads[pair];
    for (let i = 0; i < length; i++, node = this.#next[node]) places[i] = this.#places[node];
    this.#next[last] = this.#free;
    this.#free = this.#heads[pair];
    this.#heads[pair] = END;
    return places;
  }
  #create(left, right) {
    const pair = this.size++;
    this.#numbers.set(left, right, pair);
    this.left = grow(this.left, this.size);
    this.right = grow(this.right, this.size);
    this.counts = grow(this.counts, this.size);
    this.#heads = grow(this.#heads, this.size);
    this.left[pair] = left;
    this.right[pair] = right;
    this.#heads[pair] = END;
    return pair;
  }
};

// ../../packages/tokenizers/bpe/src/word-list.ts
var GAP = -1;
var INSIDE2 = -2;
function wordList(pieces) {
  const list2 = {
    slots: new Int32Array(4096),
    length: 1,
    words: new Int32Array(4096),
    counts: new Float64Array(512)
  };
  list2.slots[0] = GAP;
  let word = 0;
  for (const [piece, count] of pieces) {
    if (!Number.isInteger(count) || count < 0) {
      throw new BpeError(`trainBpe: the count of "${piece.slice(0, 40)}" must be a whole number, got ${String(count)}`);
    }
    const bytes = utf8(piece);
    if (bytes.length < 2 || count === 0) continue;
    const end = list2.length + bytes.length;
    list2.slots = grow(list2.slots, end + 1);
    list2.words = grow(list2.words, end + 1);
    list2.counts = grow(list2.counts, word + 1);
    list2.slots.set(bytes, list2.length);
    list2.words.fill(word, list2.length, end);
    list2.slots[end] = GAP;
    list2.counts[word++] = count;
    list2.length = end + 1;
  }
  return list2;
}
function join9(slots, at, middle, end, id2) {
  slots[middle - 1] = INSIDE2;
  slots[middle] = INSIDE2;
  slots[at] = id2;
  slots[end - 1] = id2;
}

// ../../packages/tokenizers/bpe/src/train.ts
function trainBpe(pieces, options) {
  const { vocabSize, minFrequency = 2, onProgress } = options;
  if (!Number.isInteger(vocabSize) || vocabSize < 256) {
    throw new BpeError(`trainBpe: vocabSize must be a whole number of at least 256, one a byte, got ${vocabSize}`);
  }
  const vocabulary = new Vocabulary();
  for (const [token, id2] of byteTokens()) vocabulary.add(token, id2);
  const merges = [];
  const words2 = wordList(pieces);
  const pairs = countPairs(words2);
  const queue = new FrequencyQueue(pairs);
  for (let pair = 0; pair < pairs.size; pair++) queue.offer(pair);
  while (vocabulary.size < vocabSize) {
    const pair = queue.take();
    if (pair === -1 || pairs.counts[pair] < Math.max(1, minFrequency)) break;
    const count = pairs.counts[pair];
    const [left, right] = [pairs.left[pair], pairs.right[pair]];
    merges.push([left, right]);
    const id2 = addJoined(vocabulary, left, right);
    for (const changed of joinEverywhere(words2, pairs, pair, id2, vocabulary.lengths)) queue.offer(changed);
    onProgress?.({ tokens: vocabulary.size, vocabSize, count });
  }
  const tokens = Array.from({ length: vocabulary.size }, (_, id2) => vocabulary.bytesOf(id2).slice());
  return { merges, tokens };
}
function countPairs({ slots, length, words: words2, counts }) {
  const pairs = new PairTable();
  for (let i = length - 2; i > 0; i--) {
    if (slots[i] !== GAP && slots[i + 1] !== GAP) pairs.add(slots[i], slots[i + 1], counts[words2[i]], i);
  }
  return pairs;
}
function addJoined(vocabulary, left, right) {
  const joined = concatenate(vocabulary.bytesOf(left), vocabulary.bytesOf(right));
  const known = vocabulary.idOf(joined);
  if (known !== -1) return known;
  vocabulary.add(joined, vocabulary.size);
  return vocabulary.size - 1;
}
function joinEverywhere({ slots, words: words2, counts }, pairs, pair, id2, lengths) {
  const left = pairs.left[pair];
  const right = pairs.right[pair];
  const places = pairs.takePlaces(pair);
  if (left === right) places.sort();
  const grown = /* @__PURE__ */ new Set();
  for (const at of places) {
    const middle = at + lengths[left];
    if (slots[at] !== left || slots[middle] !== right) continue;
    const end = middle + lengths[right];
    const count = counts[words2[at]];
    const before = slots[at - 1];
    const after = slots[end];
    pairs.remove(left, right, count);
    join9(slots, at, middle, end, id2);
    if (before !== GAP) {
      pairs.remove(before, left, count);
      grown.add(pairs.add(before, id2, count, at - lengths[before]));
    }
    if (after !== GAP) {
      pairs.remove(right, after, count);
      grown.add(pairs.add(id2, after, count, at));
    }
  }
  return grown;
}
var FrequencyQueue = class {
  #pairs;
  #entryPair = [];
  #entryCount = [];
  #heap = new Heap((a, b) => this.#before(a, b));
  constructor(pairs) {
    this.#pairs = pairs;
  }
  offer(pair) {
    this.#entryCount.push(this.#pairs.counts[pair]);
    this.#heap.push(this.#entryPair.push(pair) - 1);
  }
  /** The most frequent pair, or -1 when none is left. */
  take() {
    while (this.#heap.size > 0) {
      const entry = this.#heap.pop();
      const pair = this.#entryPair[entry];
      const count = this.#pairs.counts[pair];
      if (count === this.#entryCount[entry]) return pair;
      if (count > this.#entryCount[entry] || count === 0) continue;
      this.#entryCount[entry] = count;
      this.#heap.push(entry);
    }
    return -1;
  }
  #before(a, b) {
    const more = this.#entryCount[a] - this.#entryCount[b];
    if (more !== 0) return more > 0;
    const { left, right } = this.#pairs;
    const p = this.#entryPair[a];
    const q = this.#entryPair[b];
    return left[p] !== left[q] ? left[p] < left[q] : right[p] < right[q];
  }
};

// ../../packages/tokenizers/tokenizer/src/added-tokens.ts
var AddedTokens = class {
  byContent;
  byId;
  #always;
  #all;
  constructor(tokens) {
    const byContent = /* @__PURE__ */ new Map();
    const byId = /* @__PURE__ */ new Map();
    for (const token of tokens) {
      if (token.content === "") throw new TokenizerError(`Tokenizer: the added token ${token.id} is empty`);
      if (byContent.has(token.content)) {
        throw new TokenizerError(`Tokenizer: the token ${JSON.stringify(token.content)} is added twice`);
      }
      if (byId.has(token.id)) throw new TokenizerError(`Tokenizer: two added tokens have the id ${token.id}`);
      byContent.set(token.content, token);
      byId.set(token.id, token);
    }
    this.byContent = byContent;
    this.byId = byId;
    const contents = [...byContent.keys()];
    this.#all = expression(contents);
    this.#always = expression(contents.filter((content) => !byContent.get(content).special));
  }
  /** Hands the stretches between added tokens to `text`, and the tokens to `token`, in order. */
  split(input, options, text2, token) {
    const found = this.#expression(input, options);
    let start = 0;
    for (const match of found ? input.matchAll(found) : []) {
      if (match.index > start) text2(input.slice(start, match.index));
      token(this.byContent.get(match[0]).id);
      start = match.index + match[0].length;
    }
    if (start < input.length) text2(start === 0 ? input : input.slice(start));
  }
  #expression(input, { allowedSpecial = [], disallowedSpecial = "text" }) {
    if (allowedSpecial === "all") return this.#all;
    const allowed2 = new Set(allowedSpecial);
    for (const content of allowed2) {
      if (!this.byContent.get(content)?.special) {
        throw new TokenizerError(
          `Tokenizer.encode: allowedSpecial names ${JSON.stringify(content)}, no special token here`
        );
      }
    }
    const disallowed = [...this.byContent.values()].filter(({ special, content }) => special && !allowed2.has(content));
    if (disallowedSpecial === "error") {
      const match = expression(disallowed.map(({ content }) => content))?.exec(input);
      if (match) {
        throw new TokenizerError(
          `Tokenizer.encode: the text has the special token ${JSON.stringify(match[0])} at position ${match.index}; allow it with allowedSpecial, or take it as text with disallowedSpecial: "text"`
        );
      }
    }
    if (allowed2.size === 0) return this.#always;
    return expression(
      [...this.byContent.values()].filter((t) => !t.special || allowed2.has(t.content)).map((t) => t.content)
    );
  }
};
function expression(texts) {
  if (texts.length === 0) return void 0;
  const longestFirst = [...texts].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((text2) => text2.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|"), "g");
}

// ../../packages/tokenizers/normalize/src/compose.ts
function compose(...normalizers2) {
  return (text2) => normalizers2.reduce((current, normalize) => normalize(current), text2);
}

// ../../packages/tokenizers/normalize/src/text.ts
var lowercase = (text2) => text2.toLowerCase();

// ../../packages/tokenizers/normalize/src/unicode.ts
var nfc = (text2) => text2.normalize("NFC");
var nfd = (text2) => text2.normalize("NFD");
var nfkc = (text2) => text2.normalize("NFKC");
var nfkd = (text2) => text2.normalize("NFKD");

// ../../packages/tokenizers/tokenizer/src/normalizers.ts
var normalizers = {
  NFC: nfc,
  NFD: nfd,
  NFKC: nfkc,
  NFKD: nfkd,
  Lowercase: lowercase
};
function normalizerOf(names) {
  for (const name of names) {
    if (!Object.hasOwn(normalizers, name)) {
      const known = Object.keys(normalizers).join(", ");
      throw new TokenizerError(`Tokenizer: a normalizer must be one of ${known}, got ${JSON.stringify(name)}`);
    }
  }
  return compose(...names.map((name) => normalizers[name]));
}
function normalizersToJSON(names) {
  const entries = names.map((type) => ({ type }));
  if (entries.length < 2) return entries[0] ?? null;
  return { type: "Sequence", normalizers: entries };
}

// ../../packages/tokenizers/tokenizer/src/patterns.ts
var cl100k2 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
var expressions = {
  gpt2: "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
  cl100k: cl100k2,
  o200k: "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  llama3: cl100k2,
  whitespace: "\\s+|\\S+"
};
function patternOf(expression2) {
  const names = Object.keys(expressions);
  return names.find((name) => expressions[name] === expression2);
}
function scannerOf(pattern) {
  if (!Object.hasOwn(expressions, pattern)) {
    const known = Object.keys(expressions).join(", ");
    throw new TokenizerError(`Tokenizer: pattern must be one of ${known}, got ${JSON.stringify(pattern)}`);
  }
  return scanner(pattern);
}

// ../../packages/tokenizers/tokenizer/src/check.ts
function fail2(path, expected, got) {
  const shown = typeof got === "object" && got !== null ? Array.isArray(got) ? "an array" : "an object" : JSON.stringify(got);
  const cut = shown && shown.length > 60 ? `${shown.slice(0, 60)}\u2026` : shown ?? "nothing";
  throw new TokenizerError(`tokenizer.json: ${path} must be ${expected}, got ${cut}`);
}
function object(value, path) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail2(path, "an object", value);
  return value;
}
function array(value, path) {
  return Array.isArray(value) ? value : fail2(path, "an array", value);
}
function string(value, path) {
  return typeof value === "string" ? value : fail2(path, "a string", value);
}
var MAX_ID2 = 2 ** 21;
function id(value, path) {
  const valid = typeof value === "number" && Number.isInteger(value) && value >= 0 && value < MAX_ID2;
  return valid ? value : fail2(path, `an id, an integer from 0 to ${MAX_ID2 - 1}`, value);
}
function field(value, name) {
  return Object.hasOwn(value, name) ? value[name] ?? void 0 : void 0;
}
function unset(value, names, path) {
  for (const name of names) {
    const got = field(value, name);
    if (got !== void 0 && got !== false && got !== "" && got !== 0)
      fail2(`${path}.${name}`, "unset (not supported)", got);
  }
}

// ../../packages/tokenizers/tokenizer/src/read-json.ts
function readTokenizerJson(json, options) {
  const file = object(typeof json === "string" ? parse3(json) : json, "the file");
  const addedTokens = readAddedTokens(field(file, "added_tokens"));
  const pattern = readPreTokenizer(field(file, "pre_tokenizer"), options);
  const model = object(field(file, "model"), "model");
  if (field(model, "type") !== void 0 && field(model, "type") !== "BPE") {
    fail2("model.type", '"BPE", the only kind known here', field(model, "type"));
  }
  unset(model, ["dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback", "fuse_unk"], "model");
  return {
    model: pattern === "characters" ? readCharacters(model, addedTokens) : readBpe(model, addedTokens),
    ...pattern === void 0 ? { scanner: options.scanner } : pattern === "characters" ? {} : { pattern },
    normalizers: readNormalizers(field(file, "normalizer")),
    addedTokens
  };
}
function wrapErrors(where3, f) {
  try {
    return f();
  } catch (error) {
    if (error instanceof BpeError) throw new TokenizerError(`${where3}: ${error.message}`, { cause: error });
    throw error;
  }
}
function parse3(text2) {
  try {
    return JSON.parse(text2);
  } catch (error) {
    throw new TokenizerError(`tokenizer.json: the file is not JSON, or cut off: ${error.message}`);
  }
}
function readAddedTokens(value) {
  return array(value ?? [], "added_tokens").map((each, i) => {
    const path = `added_tokens[${i}]`;
    const token = object(each, path);
    unset(token, ["single_word", "lstrip", "rstrip"], path);
    return {
      content: string(field(token, "content"), `${path}.content`),
      id: id(field(token, "id"), `${path}.id`),
      special: field(token, "special") === true
    };
  });
}
function readNormalizers(value) {
  if (value === void 0) return [];
  const normalizer = object(value, "normalizer");
  const inner = field(normalizer, "type") === "Sequence" ? array(field(normalizer, "normalizers"), "normalizer.normalizers") : [normalizer];
  return inner.map((each) => string(field(object(each, "normalizer"), "type"), "normalizer.type"));
}
function readPreTokenizer(value, { scanner: scanner2 }) {
  const outer = object(value, "pre_tokenizer");
  const stages = field(outer, "type") === "Sequence" ? array(field(outer, "pretokenizers"), "pre_tokenizer.pretokenizers") : [outer];
  let expression2;
  let byteLevel2 = false;
  for (const each of stages) {
    const stage = object(each, "pre_tokenizer");
    const type = field(stage, "type");
    if (type === "Split" && expression2 === void 0) expression2 = readSplit(stage);
    else if (type === "ByteLevel" && !byteLevel2) {
      byteLevel2 = true;
      unset(stage, ["add_prefix_space"], "pre_tokenizer");
      if (field(stage, "use_regex") !== false) {
        if (expression2 !== void 0) fail2("pre_tokenizer", "a Split or ByteLevel's own expression, not both", outer);
        expression2 = expressions.gpt2;
      }
    } else fail2("pre_tokenizer", "ByteLevel, or Split and ByteLevel", outer);
  }
  if (!byteLevel2 && expression2 === EVERY_CHARACTER) return "characters";
  if (!byteLevel2) fail2("pre_tokenizer", "byte-level (a stage of type ByteLevel)", outer);
  const pattern = expression2 === void 0 ? void 0 : patternOf(expression2);
  if (!pattern && !scanner2) {
    fail2(
      "pre_tokenizer",
      `one of the expressions of ${Object.keys(expressions).join(", ")} (else give a scanner)`,
      expression2
    );
  }
  return pattern;
}
function readSplit(stage) {
  if (field(stage, "behavior") !== "Isolated") fail2("pre_tokenizer.behavior", '"Isolated"', field(stage, "behavior"));
  unset(stage, ["invert"], "pre_tokenizer");
  return string(
    field(object(field(stage, "pattern"), "pre_tokenizer.pattern"), "Regex"),
    "pre_tokenizer.pattern.Regex"
  );
}
function readBpe(model, addedTokens) {
  const special = new Set(addedTokens.filter((token) => token.special).map((token) => token.content));
  const ids = /* @__PURE__ */ new Map();
  const vocabulary = [];
  for (const [token, value] of Object.entries(object(field(model, "vocab"), "model.vocab"))) {
    if (special.has(token)) continue;
    const path = `model.vocab[${JSON.stringify(token)}]`;
    ids.set(token, id(value, path));
    vocabulary.push([
      bytesOf2(token) ?? fail2(path, "written in byte-level characters, such as \u0120 for a space", token),
      value
    ]);
  }
  const merges = array(field(model, "merges"), "model.merges").map(
    (merge2, i) => readMerge(merge2, `model.merges[${i}]`, ids)
  );
  const wholePieces = field(model, "ignore_merges") === true;
  return wrapErrors("tokenizer.json", () => new ByteLevelModel(BPE.fromMerges(merges, { vocabulary, wholePieces })));
}
function readMerge(merge2, path, ids) {
  const parts = typeof merge2 === "string" ? merge2.split(" ") : array(merge2, path);
  if (parts.length !== 2) fail2(path, "two tokens", merge2);
  const idOf = (part) => ids.get(string(part, path)) ?? fail2(path, "made of tokens of the vocabulary", part);
  return [idOf(parts[0]), idOf(parts[1])];
}
function readCharacters(model, addedTokens) {
  if (array(field(model, "merges"), "model.merges").length > 0)
    fail2("model.merges", "empty, as tokens are characters", "merges");
  const added = new Map(addedTokens.map((token2) => [token2.content, token2.id]));
  const vocab = /* @__PURE__ */ new Map();
  for (const [token2, value] of Object.entries(object(field(model, "vocab"), "model.vocab"))) {
    const path = `model.vocab[${JSON.stringify(token2)}]`;
    if (!added.has(token2)) vocab.set(token2, id(value, path));
  }
  const token = field(model, "unk_token");
  if (token === void 0) return new CharModel({ vocab });
  const unknownId = added.get(string(token, "model.unk_token"));
  if (unknownId === void 0) fail2("model.unk_token", "one of added_tokens", token);
  return new CharModel({ vocab, unknown: { token, id: unknownId } });
}

// ../../packages/tokenizers/tokenizer/src/tokenizer.ts
var NOTHING = new Uint8Array(0);
var Tokenizer = class _Tokenizer {
  model;
  #pattern;
  #scanner;
  #normalizers;
  #normalize;
  #added;
  constructor({
    model,
    scanner: scanner2,
    pattern = scanner2 ? void 0 : "gpt2",
    normalizers: normalizers2 = [],
    addedTokens = []
  }) {
    this.model = model;
    this.#pattern = pattern;
    this.#scanner = scanner2 ?? scannerOf(pattern);
    this.#normalizers = normalizers2;
    this.#normalize = normalizerOf(normalizers2);
    this.#added = new AddedTokens(addedTokens);
    for (const { content, id: id2 } of this.#added.byId.values()) {
      const own3 = model.idToToken(id2);
      if (own3 === void 0 || own3 === content || new TextDecoder().decode(model.tokenBytes(id2)) === content) continue;
      throw new TokenizerError(
        `Tokenizer: the id ${id2} is both the added token ${JSON.stringify(content)} and the model's ${JSON.stringify(own3)}`
      );
    }
  }
  /** From the text of a `.tiktoken` file. Throws TokenizerError. */
  static fromTiktoken(text2, { pattern, specialTokens = {} }) {
    const bpe = wrapErrors("tiktoken", () => BPE.fromRanks(parseTiktoken(text2)));
    const addedTokens = Object.entries(specialTokens).map(([content, id2]) => ({ content, id: id2, special: true }));
    return new _Tokenizer({ model: new ByteLevelModel(bpe), pattern, addedTokens });
  }
  /** From a Hugging Face tokenizer.json, as text or parsed: byte-level BPE, or characters as written by `toJSON`. Throws TokenizerError. */
  static fromJSON(json, options = {}) {
    return new _Tokenizer(readTokenizerJson(json, options));
  }
  /** The tokenizer as a Hugging Face tokenizer.json, for JSON.stringify. */
  toJSON() {
    if (this.#pattern === void 0) {
      throw new TokenizerError("Tokenizer.toJSON: a scanner of one's own has no name in tokenizer.json; use a pattern");
    }
    const pattern = { expression: expressions[this.#pattern], builtIn: this.#pattern === "gpt2" };
    const { model, pre_tokenizer, decoder } = this.model.toJSON(pattern);
    const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
    return {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [...this.#added.byId.values()].sort((a, b) => a.id - b.id).map(({ id: id2, content, special }) => ({ id: id2, content, ...flags, special })),
      normalizer: normalizersToJSON(this.#normalizers),
      pre_tokenizer,
      post_processor: null,
      decoder,
      model
    };
  }
  /** Highest id + 1, special tokens included: the number of rows that an embedding needs. */
  get vocabSize() {
    let size2 = this.model.vocabSize;
    for (const id2 of this.#added.byId.keys()) size2 = Math.max(size2, id2 + 1);
    return size2;
  }
  /** Special token → id. */
  get specialTokens() {
    const special = [...this.#added.byContent.values()].filter((token) => token.special);
    return new Map(special.map(({ content, id: id2 }) => [content, id2]));
  }
  /** The ids of a text. Throws TokenizerError for what the vocabulary cannot say, and for special tokens if asked to. */
  encode(text2, options = {}) {
    let ids;
    const append = (part) => {
      const more = wrapErrors("Tokenizer.encode", () => this.model.encode(this.#normalize(part), this.#scanner));
      if (ids) for (const id2 of more) ids.push(id2);
      else ids = more;
    };
    this.#added.split(text2, options, append, (id2) => {
      ids ??= [];
      ids.push(id2);
    });
    return ids ?? [];
  }
  /** The ids of each text. */
  encodeBatch(texts, options = {}) {
    return Array.from(texts, (text2) => this.encode(text2, options));
  }
  /** The text of ids; bytes that are no UTF-8 become U+FFFD. Throws TokenizerError for an id that no token has. */
  decode(ids, options = {}) {
    const parts = [];
    let length = 0;
    for (const id2 of ids) length += parts[parts.push(this.#bytesOf(id2, options)) - 1].length;
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  }
  /** Decodes ids one by one; what it gives joined is what `decode` gives, and no part of it ends within a character. */
  decodeStream(options = {}) {
    return new DecodeStream((id2) => this.#bytesOf(id2, options));
  }
  /** The id of a token as tokenizer.json writes it ("Ġthe" for " the"), or undefined. */
  tokenToId(token) {
    return this.#added.byContent.get(token)?.id ?? this.model.tokenToId(token);
  }
  /** A token as tokenizer.json writes it, or undefined. */
  idToToken(id2) {
    return this.#added.byId.get(id2)?.content ?? this.model.idToToken(id2);
  }
  #bytesOf(id2, { specialTokens = "keep" }) {
    const added = this.#added.byId.get(id2);
    if (added) return added.special && specialTokens === "skip" ? NOTHING : new TextEncoder().encode(added.content);
    const bytes = this.model.tokenBytes(id2);
    if (bytes) return bytes;
    throw new TokenizerError(`Tokenizer.decode: no token has the id ${String(id2)} (ids are below ${this.vocabSize})`);
  }
};

// ../../packages/tokenizers/tokenizer/src/train.ts
async function trainTokenizer(texts, options) {
  if (typeof texts === "string")
    throw new TokenizerError("trainTokenizer: texts must be a list of texts, got one text");
  if (options.kind === "char") return trainCharacters(texts, options);
  if (options.kind === "bpe") return trainByteLevel(texts, options);
  throw new TokenizerError(`trainTokenizer: kind must be "bpe" or "char", got ${JSON.stringify(options.kind)}`);
}
async function trainByteLevel(texts, options) {
  const {
    vocabSize = 0,
    specialTokens = [],
    pattern = "gpt2",
    minFrequency = 2,
    normalizers: normalizers2 = [],
    onProgress
  } = options;
  const special = withoutTwins(specialTokens);
  if (vocabSize < 256 + special.length) {
    throw new TokenizerError(
      `trainTokenizer: vocabSize must be at least ${256 + special.length} (256 bytes and ${special.length} special tokens), got ${vocabSize}`
    );
  }
  const counter3 = new PieceCounter(scannerOf(pattern));
  const characters = await readTexts(texts, options, (text2) => counter3.add(text2));
  const { merges, tokens } = wrapErrors(
    "trainTokenizer",
    () => trainBpe(counter3, {
      vocabSize: vocabSize - special.length,
      minFrequency,
      onProgress: (step2) => onProgress?.({ stage: "merge", characters, tokens: step2.tokens, vocabSize })
    })
  );
  const model = new ByteLevelModel(BPE.fromMerges(merges));
  return new Tokenizer({ model, pattern, normalizers: normalizers2, addedTokens: numbered(special, tokens.length) });
}
async function trainCharacters(texts, options) {
  const {
    vocabSize = Number.POSITIVE_INFINITY,
    specialTokens = [],
    minFrequency = 1,
    unknownToken,
    normalizers: normalizers2 = []
  } = options;
  const special = withoutTwins(unknownToken === void 0 ? specialTokens : [...specialTokens, unknownToken]);
  const counts = /* @__PURE__ */ new Map();
  await readTexts(texts, options, (text2) => {
    for (const found of text2) {
      const character = wellFormed(found);
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
  });
  const byCount = [...counts].filter(([, count]) => count >= minFrequency).sort((a, b) => b[1] - a[1] || order(a[0], b[0]));
  const room = vocabSize - special.length;
  if (byCount.length > room && unknownToken === void 0) {
    throw new TokenizerError(
      `trainTokenizer: the text has ${byCount.length} characters, vocabSize leaves room for ${room}; raise it, or give an unknownToken`
    );
  }
  const characters = byCount.slice(0, Math.max(0, room)).map(([character]) => character).sort(order);
  const addedTokens = numbered(special, characters.length);
  const unknown = addedTokens.find(({ content }) => content === unknownToken);
  const model = new CharModel({
    vocab: new Map(characters.map((character, id2) => [character, id2])),
    unknown: unknown && { token: unknown.content, id: unknown.id }
  });
  return new Tokenizer({ model, normalizers: normalizers2, addedTokens });
}
async function readTexts(texts, { normalizers: normalizers2 = [], onProgress, vocabSize = 0 }, use) {
  const normalize = normalizerOf(normalizers2);
  let characters = 0;
  for await (const text2 of texts) {
    use(normalize(text2));
    characters += text2.length;
    onProgress?.({ stage: "count", characters, tokens: 0, vocabSize });
  }
  if (characters === 0) throw new TokenizerError("trainTokenizer: there is no text to learn from");
  return characters;
}
function order(a, b) {
  return a.codePointAt(0) - b.codePointAt(0);
}
function withoutTwins(tokens) {
  return [...new Set(tokens)];
}
function numbered(tokens, first) {
  return tokens.map((content, i) => ({ content, id: first + i, special: true }));
}

// src/run/tokens.ts
import { existsSync as existsSync3 } from "fs";
import { rm as rm3 } from "fs/promises";
import { join as join12 } from "path";

// ../../packages/data/token-shards/src/header.ts
var ShardError = class extends Error {
  name = "ShardError";
};
var kinds2 = {
  uint16: { magic: 20240520, version: 1, bytes: 2 },
  uint32: { magic: 20240801, version: 7, bytes: 4 }
};
var shardHeaderBytes = 256 * 4;
function bytesPerToken(dtype) {
  return kinds2[dtype].bytes;
}
function dtypeForVocabulary(size2) {
  return size2 <= 2 ** 16 ? "uint16" : "uint32";
}
function encodeShardHeader(dtype, tokens) {
  if (!Number.isInteger(tokens) || tokens < 0 || tokens >= 2 ** 31) {
    throw new RangeError(`encodeShardHeader: a shard holds 0 to 2^31 - 1 tokens, got ${tokens}`);
  }
  const bytes = new Uint8Array(shardHeaderBytes);
  const view2 = new DataView(bytes.buffer);
  [kinds2[dtype].magic, kinds2[dtype].version, tokens].forEach((value, i) => void view2.setInt32(4 * i, value, true));
  return bytes;
}
function parseShardHeader(start, fileBytes, { format = "auto", dtype, name = "shard" } = {}) {
  const view2 = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const magic = start.length >= 4 ? view2.getInt32(0, true) : 0;
  const found = Object.keys(kinds2).find((kind) => kinds2[kind].magic === magic);
  if (format === "nanogpt" || format === "auto" && !found) return headerless(fileBytes, dtype ?? "uint16", name);
  if (!found)
    throw new ShardError(
      `${name}: does not begin with an llm.c magic number (20240520 or 20240801), but with ${magic}`
    );
  if (dtype && dtype !== found) throw new ShardError(`${name}: holds ${found} tokens, expected ${dtype}`);
  if (start.length < shardHeaderBytes)
    throw new ShardError(`${name}: cut off in its header, after ${start.length} of ${shardHeaderBytes} bytes`);
  const version = view2.getInt32(4, true);
  if (version !== kinds2[found].version) {
    throw new ShardError(
      `${name}: version ${version}; for ${found} tokens only version ${kinds2[found].version} is known`
    );
  }
  const tokens = view2.getInt32(8, true);
  const expected = shardHeaderBytes + tokens * kinds2[found].bytes;
  if (tokens < 0 || expected !== fileBytes) {
    throw new ShardError(
      `${name}: the header promises ${tokens} ${found} tokens in ${expected} bytes, but the file has ${fileBytes} bytes`
    );
  }
  return { format: "llm.c", dtype: found, headerBytes: shardHeaderBytes, tokens };
}
function headerless(fileBytes, dtype, name) {
  const tokens = fileBytes / kinds2[dtype].bytes;
  if (!Number.isInteger(tokens))
    throw new ShardError(`${name}: ${fileBytes} bytes are no whole number of ${dtype} tokens`);
  return { format: "nanogpt", dtype, headerBytes: 0, tokens };
}

// ../../packages/data/token-shards/src/shard.ts
function encodeTokens(tokens, dtype, bytes) {
  const view2 = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const limit = dtype === "uint16" ? 2 ** 16 : 2 ** 31;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (!(Number.isInteger(token) && token >= 0 && token < limit)) {
      const hint = dtype === "uint16" && token >= limit ? `; store it as uint32` : "";
      throw new RangeError(`encodeShard: token ${i} is ${token}, which is not a ${dtype} id below ${limit}${hint}`);
    }
    if (dtype === "uint16") view2.setUint16(2 * i, token, true);
    else view2.setUint32(4 * i, token, true);
  }
}
function decodeTokens(bytes, dtype) {
  const view2 = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tokens = new Int32Array(bytes.length / bytesPerToken(dtype));
  for (let i = 0; i < tokens.length; i++) {
    const token = dtype === "uint16" ? view2.getUint16(2 * i, true) : view2.getInt32(4 * i, true);
    if (token < 0) throw new ShardError(`token ${i} is ${token >>> 0}, above 2^31: these bytes are no token ids`);
    tokens[i] = token;
  }
  return tokens;
}

// ../../packages/data/token-shards/src/open.ts
import { closeSync, existsSync as existsSync2, fstatSync, openSync, readdirSync as readdirSync2, readFileSync, readSync, statSync } from "fs";
import { basename as basename3, dirname as dirname2, join as join10 } from "path";
function openShards(path, { split: split3 = "train", format = "auto", dtype } = {}) {
  const { files, index } = findShards(path, split3);
  const handles2 = [];
  try {
    const shards = [];
    let start = 0;
    for (const file of files) {
      const handle = openSync(file, "r");
      handles2.push(handle);
      const shard = { path: file, start, ...readLayout(handle, file, { format, dtype }) };
      const listed = index?.shards.find((entry) => entry.file === basename3(file));
      if (listed && (listed.tokens !== shard.tokens || index?.dtype !== shard.dtype)) {
        throw new ShardError(
          `${file}: holds ${shard.tokens} ${shard.dtype} tokens, but the index says ${listed.tokens} ${index?.dtype}`
        );
      }
      shards.push(shard);
      start += shard.tokens;
    }
    return new Shards(shards, handles2, start);
  } catch (error) {
    for (const handle of handles2) closeSync(handle);
    throw error;
  }
}
var Shards = class {
  shards;
  length;
  #handles;
  constructor(shards, handles2, length) {
    this.shards = shards;
    this.length = length;
    this.#handles = handles2;
  }
  read(offset, count) {
    if (!(Number.isInteger(offset) && Number.isInteger(count) && offset >= 0 && count >= 0 && offset + count <= this.length)) {
      throw new RangeError(`read: tokens ${offset} \u2026 ${offset + count} are outside of a text of ${this.length} tokens`);
    }
    if (!this.#handles) throw new Error("read: the shards are closed");
    const tokens = new Int32Array(count);
    let at = 0;
    for (let i = this.#shardAt(offset); at < count; i++) {
      const shard = this.shards[i];
      const first = offset + at - shard.start;
      const part = Math.min(count - at, shard.tokens - first);
      const size2 = bytesPerToken(shard.dtype);
      const bytes = readExactly2(this.#handles[i], shard.headerBytes + first * size2, part * size2, shard.path);
      tokens.set(decodeTokens(bytes, shard.dtype), at);
      at += part;
    }
    return tokens;
  }
  close() {
    for (const handle of this.#handles ?? []) closeSync(handle);
    this.#handles = void 0;
  }
  /** The last shard that begins at or before the offset, by bisection. */
  #shardAt(offset) {
    let [low, high2] = [0, this.shards.length - 1];
    while (low < high2) {
      const middle = low + high2 + 1 >> 1;
      if (this.shards[middle].start <= offset) low = middle;
      else high2 = middle - 1;
    }
    return low;
  }
};
function findShards(path, split3) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new ShardError(`openShards: ${path} does not exist`);
  if (found.isFile()) return { files: [path] };
  const indexPath = join10(path, `${split3}.json`);
  if (existsSync2(indexPath)) {
    const index = readIndex(indexPath);
    return { files: index.shards.map((shard) => join10(dirname2(indexPath), shard.file)), index };
  }
  const names = readdirSync2(path).sort();
  if (names.includes(`${split3}.json.tmp`)) {
    throw new ShardError(`openShards: ${path} was not written to its end; prepare the data again`);
  }
  const files = names.filter((name) => name.endsWith(".bin") && name.includes(split3)).map((name) => join10(path, name));
  if (files.length === 0) throw new ShardError(`openShards: ${path} has no token files *${split3}*.bin`);
  return { files };
}
function readIndex(path) {
  try {
    const index = JSON.parse(readFileSync(path, "utf8"));
    const whole2 = Array.isArray(index.shards) && index.shards.length > 0;
    if (whole2 && index.shards.every(({ file }) => typeof file === "string" && /^[\w.-]+$/.test(file))) return index;
  } catch (error) {
    throw new ShardError(`${path}: is no JSON`, { cause: error });
  }
  throw new ShardError(`${path}: is no index of token shards`);
}
function readLayout(handle, path, options) {
  const { size: size2 } = fstatSync(handle);
  const start = readExactly2(handle, 0, Math.min(size2, shardHeaderBytes), path);
  return parseShardHeader(start, size2, { ...options, name: path });
}
function readExactly2(handle, position, length, path) {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const got = readSync(handle, bytes, done, length - done, position + done);
    if (got === 0) throw new ShardError(`${path}: ends at byte ${position + done}; it was longer when it was opened`);
    done += got;
  }
  return bytes;
}

// ../../packages/data/token-shards/src/writer.ts
import { closeSync as closeSync2, fsyncSync, mkdirSync, openSync as openSync2, readdirSync as readdirSync3, renameSync, rmSync, writeSync } from "fs";
import { join as join11 } from "path";
var bufferTokens = 2 ** 18;
var ShardWriter = class {
  directory;
  #split;
  #dtype;
  #shardTokens;
  #buffer;
  #bytes;
  #shards = [];
  #index;
  #buffered = 0;
  #file;
  #inShard = 0;
  /**
   * Makes the directory and removes an earlier text of the same split.
   * @throws RangeError for options out of range; the system's errors
   */
  constructor(directory, { split: split3 = "train", dtype = "uint16", shardTokens = 1e8 } = {}) {
    if (!/^[\w-]+$/.test(split3))
      throw new RangeError(`ShardWriter: split must be a plain name such as "train", got ${JSON.stringify(split3)}`);
    if (!Number.isInteger(shardTokens) || shardTokens < 1 || shardTokens >= 2 ** 31) {
      throw new RangeError(`ShardWriter: shardTokens must be from 1 to 2^31 - 1, got ${shardTokens}`);
    }
    this.directory = directory;
    this.#split = split3;
    this.#dtype = dtype;
    this.#shardTokens = shardTokens;
    this.#buffer = new Int32Array(Math.min(bufferTokens, shardTokens));
    this.#bytes = new Uint8Array(this.#buffer.length * bytesPerToken(dtype));
    mkdirSync(directory, { recursive: true });
    this.#index = openSync2(`${this.#indexPath()}.tmp`, "w");
    rmSync(this.#indexPath(), { force: true });
    const mine = new RegExp(`^${split3}_\\d{6,}\\.bin(\\.tmp)?$`);
    for (const name of readdirSync3(directory)) if (mine.test(name)) rmSync(join11(directory, name));
  }
  /**
   * Appends tokens.
   * @throws RangeError for a token that does not fit the type; the system's errors, such as a full disk
   */
  write(tokens) {
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i];
      if ((token | 0) !== token) throw new RangeError(`ShardWriter: token ${i} is ${token}, which is no id`);
      this.#buffer[this.#buffered++] = token;
      if (this.#buffered === this.#buffer.length) this.#flush();
    }
  }
  /** Writes what is left and the index. @throws Error when not a single token was written */
  close() {
    this.#flush();
    this.#endShard();
    const tokens = this.#shards.reduce((sum6, shard) => sum6 + shard.tokens, 0);
    if (tokens === 0) throw new Error(`ShardWriter: no token was written to ${this.directory}`);
    const index = { version: 1, dtype: this.#dtype, tokens, shards: this.#shards };
    writeAll2(this.#index, new TextEncoder().encode(`${JSON.stringify(index, null, 2)}
`), this.#indexPath());
    finish(this.#index, this.#indexPath());
    return index;
  }
  #flush() {
    let from = 0;
    while (from < this.#buffered) {
      this.#file ??= this.#beginShard();
      const count = Math.min(this.#buffered - from, this.#shardTokens - this.#inShard);
      const bytes = this.#bytes.subarray(0, count * bytesPerToken(this.#dtype));
      encodeTokens(this.#buffer.subarray(from, from + count), this.#dtype, bytes);
      writeAll2(this.#file, bytes, this.#shardPath());
      from += count;
      this.#inShard += count;
      if (this.#inShard === this.#shardTokens) this.#endShard();
    }
    this.#buffered = 0;
  }
  #beginShard() {
    const file = openSync2(`${this.#shardPath()}.tmp`, "w");
    writeAll2(file, new Uint8Array(shardHeaderBytes), this.#shardPath());
    return file;
  }
  #endShard() {
    if (this.#file === void 0) return;
    writeAll2(this.#file, encodeShardHeader(this.#dtype, this.#inShard), this.#shardPath(), 0);
    finish(this.#file, this.#shardPath());
    this.#shards.push({ file: this.#shardName(), tokens: this.#inShard });
    this.#file = void 0;
    this.#inShard = 0;
  }
  #shardName() {
    return `${this.#split}_${String(this.#shards.length).padStart(6, "0")}.bin`;
  }
  #indexPath() {
    return join11(this.directory, `${this.#split}.json`);
  }
  #shardPath() {
    return join11(this.directory, this.#shardName());
  }
};
function writeAll2(file, bytes, path, position = null) {
  try {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(file, bytes, done, bytes.length - done, position === null ? null : position + done);
    }
  } catch (error) {
    throw new Error(`ShardWriter: cannot write ${path}: ${error.message}`, { cause: error });
  }
}
function finish(file, path) {
  fsyncSync(file);
  closeSync2(file);
  renameSync(`${path}.tmp`, path);
}

// src/run/tokens.ts
var END_OF_TEXT = "<|endoftext|>";
function isPrepared(folder) {
  return existsSync3(join12(folder, "train.json")) && existsSync3(join12(folder, "validation.json"));
}
function openTokens(folder) {
  return { train: openShards(folder, { split: "train" }), validation: openShards(folder, { split: "validation" }) };
}
async function tokenizeData({ data, field: field2, validation, validationData, tokenizer, out }) {
  const write = (split3, paths) => writeSplit(out, split3, paths, tokenizer, field2);
  if (validationData) {
    await write("train", data);
    await write("validation", validationData);
    return openTokens(out);
  }
  const total = await write("all", data);
  const all2 = openShards(out, { split: "all" });
  const border = Math.floor(total * (1 - validation));
  if (border < 2 || total - border < 2) {
    throw new UserError(`the text has only ${total} tokens: too little to hold out ${Math.round(validation * 100)} % of it`);
  }
  copy(out, "train", all2, 0, border, tokenizer);
  copy(out, "validation", all2, border, total, tokenizer);
  all2.close();
  for (const { path } of all2.shards) await rm3(path);
  await rm3(join12(out, "all.json"), { force: true });
  return openTokens(out);
}
async function writeSplit(out, split3, paths, tokenizer, field2) {
  const writer = new ShardWriter(out, { split: split3, dtype: dtypeForVocabulary(tokenizer.vocabSize) });
  const separator = tokenizer.specialTokens.get(END_OF_TEXT);
  const bar2 = progress(`tokenizing ${split3 === "all" ? "" : split3}`.trim(), 1);
  let [tokens, last] = [0, ""];
  for await (const { id: id2, text: text2 } of readDocuments(paths, { field: field2 })) {
    if (separator !== void 0 && last !== "" && id2 !== last) writer.write([separator]), tokens++;
    last = id2;
    const ids = tokenizer.encode(text2);
    writer.write(ids);
    tokens += ids.length;
    bar2.update(0, `${short(tokens)} tokens`);
  }
  writer.close();
  bar2.update(1, `${short(tokens)} tokens`);
  bar2.stop();
  return tokens;
}
function copy(out, split3, from, start, end, tokenizer) {
  const writer = new ShardWriter(out, { split: split3, dtype: dtypeForVocabulary(tokenizer.vocabSize) });
  const window = 2 ** 20;
  for (let at = start; at < end; at += window) writer.write(from.read(at, Math.min(window, end - at)));
  writer.close();
}

// src/run/tokenizer.ts
async function readTokenizer(path) {
  const text2 = await readFile4(path, "utf8").catch((error) => {
    throw new UserError(`cannot read the tokenizer ${path}: ${error.message}`);
  });
  return Tokenizer.fromJSON(text2);
}
async function trainOnData({ kind, data, field: field2, vocab }) {
  const bar2 = progress("tokenizer", 1);
  async function* texts() {
    for await (const { text: text2 } of readDocuments(data, { field: field2 })) yield text2;
  }
  const special = kind === "bpe" ? { vocabSize: vocab, specialTokens: [END_OF_TEXT] } : {};
  const tokenizer = await trainTokenizer(texts(), {
    kind,
    ...special,
    onProgress: ({ stage, characters, tokens, vocabSize }) => bar2.update(0, stage === "count" ? `${short(characters)} characters read` : `${tokens}/${vocabSize} tokens`)
  });
  bar2.update(1, `${tokenizer.vocabSize} tokens`);
  bar2.stop();
  return tokenizer;
}

// src/run/saved.ts
var ADAPTER_CONFIG = "adapter_config.json";
async function loadSaved(folder, which = "best") {
  if (!existsSync4(folder)) throw new UserError(`there is no folder ${folder}`);
  const paths = runPaths(folder);
  const architecture = await readJson(paths.architecture, "model");
  const tokenizer = await readTokenizer(paths.tokenizer);
  const model = modelFromArchitecture(architecture);
  try {
    if (!existsSync4(paths.run)) {
      await loadHuggingFace(model, architecture, folder);
      return { model: model.eval(), tokenizer, architecture, adapted: false, paths };
    }
    const run = await readJson(paths.run, "settings");
    if (which === "base") {
      assign(model.namedParameters(), await readAll(paths.base), paths.base);
      return { model, tokenizer, architecture, format: run.format, adapted: false, paths };
    }
    const { step: step2, tensors } = await readWeights(paths.checkpoints, which);
    const adapted = existsSync4(join13(folder, ADAPTER_CONFIG));
    if (adapted) await loadAdapted(model, paths, tensors);
    else assign(model.namedParameters(), tensors, paths.checkpoints);
    return { model: model.eval(), tokenizer, architecture, format: run.format, adapted, step: step2, paths };
  } catch (error) {
    model.dispose();
    throw error;
  }
}
async function loadHuggingFace(model, architecture, folder) {
  const path = join13(folder, "model.safetensors");
  if (!existsSync4(path)) throw new UserError(`${folder} is neither a run (run.json) nor a model (model.safetensors)`);
  const named = namesFromHuggingFace(architecture, fromStored(await readAll(path)));
  try {
    model.loadStateDict(named);
  } catch (error) {
    throw new UserError(`${path} is of another model: ${error.message}`);
  } finally {
    dispose4([...named.values()]);
  }
}
async function loadAdapted(model, paths, adapter) {
  assign(model.namedParameters(), await readAll(paths.base), paths.base);
  const config = fromPeftConfig(await readJson(join13(paths.root, ADAPTER_CONFIG), "adapter"));
  const handle = applyLora(model, config);
  assign(handle.parameters, adapter, paths.checkpoints);
}
async function readAll(path) {
  const file = await readSafetensors(path);
  try {
    return await file.readAll();
  } finally {
    await file.close();
  }
}

// src/run/export.ts
async function exportRun({ run, out, format, checkpoint: checkpoint2 }) {
  if (existsSync5(out) && readdirSync4(out).length > 0) throw new UserError(`${out} is not empty; use another --out`);
  const { model, architecture, paths, adapted } = await loadSaved(run, checkpoint2);
  try {
    if (format === "peft" && !adapted) throw new UserError(`${run} has no adapter; export it with --format hf`);
    await mkdir3(out, { recursive: true });
    if (format === "peft") {
      await writeSafetensors(join14(out, "adapter_model.safetensors"), await toStored(loraStateDict(model)), { format: "pt" });
      await copyFile(join14(run, ADAPTER_CONFIG), join14(out, ADAPTER_CONFIG));
    } else {
      if (adapted) mergeLora(model);
      const named = namesToHuggingFace(architecture, model.namedParameters());
      await writeSafetensors(join14(out, "model.safetensors"), await toStored(named.tensors), { format: "pt" });
      dispose5(named.temporary);
      await writeJson(join14(out, "config.json"), huggingFaceArchitecture(architecture));
    }
    await copyFile(paths.tokenizer, join14(out, "tokenizer.json"));
    return readdirSync4(out).sort().map((name) => join14(out, name));
  } finally {
    model.dispose();
  }
}

// src/run/finetune.ts
import { existsSync as existsSync7 } from "fs";
import { copyFile as copyFile3, writeFile as writeFile5 } from "fs/promises";
import { join as join16 } from "path";
import { tensor2d as tensor2d2, tidy as tidy29 } from "@tensorflow/tfjs-core";

// src/run/conversations.ts
import { readFile as readFile5 } from "fs/promises";

// ../../packages/data/packing/src/first-fit.ts
function firstFitDecreasing(sizes, capacity) {
  for (let i = 0; i < sizes.length; i++) {
    const size2 = sizes[i];
    if (!(size2 >= 0 && size2 <= capacity)) {
      throw new RangeError(`firstFitDecreasing: item ${i} has size ${size2}, which does not fit into ${capacity}`);
    }
  }
  const order2 = Array.from({ length: sizes.length }, (_, i) => i);
  order2.sort((a, b) => sizes[b] - sizes[a] || a - b);
  const leaves = 2 ** Math.ceil(Math.log2(Math.max(1, sizes.length)));
  const room = new Float64Array(2 * leaves).fill(capacity);
  const bins = [];
  for (const item of order2) {
    const size2 = sizes[item];
    let node = 1;
    while (node < leaves) node = room[2 * node] >= size2 ? 2 * node : 2 * node + 1;
    const bin = node - leaves;
    if (bin === bins.length) bins.push([]);
    bins[bin].push(item);
    room[node] = room[node] - size2;
    for (node >>= 1; node >= 1; node >>= 1) {
      room[node] = Math.max(room[2 * node], room[2 * node + 1]);
    }
  }
  return bins;
}

// ../../packages/data/packing/src/packing.ts
var IGNORE4 = -100;
function packSequences(examples, options) {
  const { length, strategy = "first-fit", overflow = "error" } = options;
  if (!Number.isSafeInteger(length) || length < 1) {
    throw new RangeError(`packSequences: length must be a whole number \u2265 1, got ${length}`);
  }
  const sizes = examples.map((example, i) => sizeOf(example, i, length, overflow));
  const rows = strategy === "none" ? sizes.map((_, i) => [i]) : firstFitDecreasing(sizes, length);
  return rows.map(
    (row) => layOut(
      row.map((i) => examples[i]),
      options
    )
  );
}
function sizeOf({ ids, labels }, index, length, overflow) {
  if (ids.length === 0) throw new RangeError(`packSequences: example ${index} is empty; leave it out`);
  if (ids.length !== labels.length) {
    throw new RangeError(`packSequences: example ${index} has ${ids.length} ids but ${labels.length} labels`);
  }
  if (ids.length > length && overflow === "error") {
    throw new RangeError(
      `packSequences: example ${index} has ${ids.length} tokens, but length is ${length}; raise length or set overflow to "truncate"`
    );
  }
  return Math.min(ids.length, length);
}
function layOut(examples, { length, padId }) {
  const row = {
    ids: new Int32Array(length).fill(padId),
    labels: new Int32Array(length).fill(IGNORE4),
    segments: new Int32Array(length),
    positions: new Int32Array(length)
  };
  let at = 0;
  examples.forEach(({ ids, labels }, segment) => {
    for (let i = 0; i < ids.length && at < length; i++, at++) {
      row.ids[at] = ids[i];
      row.labels[at] = i === 0 ? IGNORE4 : labels[i];
      row.segments[at] = segment + 1;
      row.positions[at] = i;
    }
  });
  return row;
}

// src/run/conversations.ts
import { z as z2 } from "zod";
var message = z2.object({ role: z2.enum(["system", "user", "assistant"]), content: z2.string() });
var record = z2.union([
  z2.object({ messages: z2.array(message).min(1) }),
  z2.object({ prompt: z2.string(), completion: z2.string() })
]);
async function readConversations(paths) {
  const conversations = [];
  for (const path of paths) {
    const text2 = await readFile5(path, "utf8").catch((error) => {
      throw new UserError(`cannot read the conversations ${path}: ${error.message}`);
    });
    for (const [i, line] of text2.split("\n").entries()) {
      if (line.trim() !== "") conversations.push(parseLine2(line, `${path}:${i + 1}`));
    }
  }
  if (conversations.length < 2) throw new UserError(`${paths.join(", ")}: at least 2 conversations are needed, got ${conversations.length}`);
  return conversations;
}
function parseLine2(line, where3) {
  let value;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new UserError(`${where3}: not JSON: ${error.message}`);
  }
  const parsed = record.safeParse(value);
  if (!parsed.success) throw new UserError(`${where3}: expected {"messages": [{"role", "content"}, \u2026]} or {"prompt", "completion"}`);
  const { data } = parsed;
  if ("messages" in data) return data.messages;
  return [
    { role: "user", content: data.prompt },
    { role: "assistant", content: data.completion }
  ];
}
async function loadConversations({ data, validationData, validation, seed }) {
  const all2 = await readConversations(data);
  if (validationData) return { train: all2, heldOut: await readConversations(validationData) };
  const order2 = new Random(seed).fork("held-out").permutation(all2.length);
  const count = Math.min(all2.length - 1, Math.max(1, Math.round(all2.length * validation)));
  const pick2 = (from, to) => Array.from(order2.subarray(from, to), (i) => all2[i]);
  return { heldOut: pick2(0, count), train: pick2(count, all2.length) };
}
function packConversations(conversations, { tokenizer, format, context, strategy }) {
  const encode = (text2, { special }) => tokenizer.encode(text2, special ? { allowedSpecial: "all" } : {});
  const encoded = conversations.map((messages) => encodeConversation(messages, { encode, format }));
  const fitting = encoded.filter(({ ids }) => ids.length <= context);
  if (fitting.length === 0) throw new UserError(`no conversation fits into ${context} tokens; take a larger context`);
  return { rows: packSequences(fitting, { length: context, padId: 0, strategy }), skipped: encoded.length - fitting.length };
}
function conversationBatch(rows) {
  const context = rows[0].ids.length;
  const join21 = (key) => Int32Array.from(rows.flatMap((row) => Array.from(row[key])));
  const labels = rows.flatMap((row) => Array.from(row.labels));
  return { inputs: join21("ids"), targets: shiftLabels(labels, { context }), segments: join21("segments"), batch: rows.length, context };
}
function rowsAt(rows, { step: step2, batch, seed }) {
  return Array.from({ length: batch }, (_, i) => {
    const index = step2 * batch + i;
    const order2 = permutation(rows.length, seed, Math.floor(index / rows.length));
    return rows[order2[index % rows.length]];
  });
}
var cache = /* @__PURE__ */ new Map();
function permutation(n, seed, epoch) {
  const key = `${n} ${seed} ${epoch}`;
  const known = cache.get(key);
  if (known) return known;
  const order2 = new Random(seed).fork("epoch", epoch).permutation(n);
  if (cache.size > 2) cache.clear();
  cache.set(key, order2);
  return order2;
}

// src/run/metrics.ts
import { appendFile, readFile as readFile6, writeFile as writeFile2 } from "fs/promises";
async function readMetrics(path) {
  const text2 = await readFile6(path, "utf8").catch(() => "");
  return text2.split("\n").flatMap((line) => {
    try {
      return [reviveNonFinite(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}
async function appendMetrics(path, record2) {
  await appendFile(path, `${JSON.stringify(record2, (_, value) => typeof value === "number" && !Number.isFinite(value) ? `${value}` : value)}
`);
}
async function truncateMetrics(path, step2) {
  const kept2 = (await readMetrics(path)).filter((record2) => record2.step <= step2);
  await writeFile2(path, "");
  for (const record2 of kept2) await appendMetrics(path, record2);
}
function reviveNonFinite(record2) {
  for (const key of ["loss", "gradNorm", "perplexity"]) {
    if (typeof record2[key] === "string") record2[key] = Number(record2[key]);
  }
  return record2;
}

// src/run/report.ts
import { readFile as readFile7, writeFile as writeFile3 } from "fs/promises";
import { createRequire } from "module";
var require2 = createRequire(import.meta.url);
var MAX_POINTS = 2e3;
async function writeReport(path, records, facts) {
  const [script, style] = await Promise.all([
    readFile7(require2.resolve("uplot/dist/uPlot.iife.min.js"), "utf8"),
    readFile7(require2.resolve("uplot/dist/uPlot.min.css"), "utf8")
  ]);
  await writeFile3(path, page(script, style, records, facts));
}
function page(script, style, records, { title, settings }) {
  const steps = thin(records.filter((r) => r.kind === "step" && Number.isFinite(r.loss)));
  const evaluations = records.filter((r) => r.kind === "evaluation");
  const samples = records.filter((r) => r.kind === "sample");
  const last = evaluations.at(-1);
  const summary = [
    ["steps", steps.at(-1)?.step ?? 0],
    ["training loss", steps.at(-1)?.loss.toFixed(3) ?? "\u2013"],
    ["validation loss", last?.loss.toFixed(3) ?? "\u2013"],
    ["perplexity", last?.perplexity.toFixed(2) ?? "\u2013"],
    ["bits per byte", last?.bitsPerByte?.toFixed(3) ?? "\u2013"]
  ].map(([name, value]) => `<div><b>${value}</b>${name}</div>`);
  const rows = Object.entries(settings).map(
    ([key, value]) => `<tr><th>${escape(key)}</th><td>${escape(typeof value === "string" ? value : JSON.stringify(value))}</td></tr>`
  );
  const texts = samples.map(({ step: step2, text: text2 }) => `<details open><summary>step ${step2}</summary><pre>${escape(text2)}</pre></details>`);
  const data = JSON.stringify({ steps, evaluations }).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>${style}
${pageStyle}</style></head>
<body><h1>${escape(title)}</h1>
<section class="summary">${summary.join("")}</section>
<section id="charts"></section>
${texts.length > 0 ? `<h2>Samples</h2>${texts.join("\n")}` : ""}
<h2>Settings</h2><table>${rows.join("")}</table>
<script>${script}</script>
<script id="data" type="application/json">${data}</script>
<script>${charts}</script>
</body></html>
`;
}
function thin(steps) {
  const size2 = Math.ceil(steps.length / MAX_POINTS);
  if (size2 <= 1) return steps;
  return Array.from({ length: Math.ceil(steps.length / size2) }, (_, i) => {
    const group = steps.slice(i * size2, (i + 1) * size2);
    const mean3 = (key) => group.reduce((s, r) => s + r[key], 0) / group.length;
    const end = group.at(-1);
    return { ...end, loss: mean3("loss"), gradNorm: mean3("gradNorm"), tokensPerSecond: mean3("tokensPerSecond") };
  });
}
var escape = (text2) => text2.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
var pageStyle = `:root{color-scheme:light dark;--line:#8884;--soft:#888}
body{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
.summary{display:flex;flex-wrap:wrap;gap:2rem;margin:1rem 0 2rem}.summary div{color:var(--soft)}.summary b{display:block;font-size:1.5rem;color:CanvasText}
#charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:1.5rem}
.uplot{font:inherit}.u-title{font-size:1rem}.u-legend{font-size:12px}
pre{white-space:pre-wrap;background:#8881;padding:.75rem;border-radius:6px;overflow-wrap:anywhere}
table{border-collapse:collapse}th{text-align:left;font-weight:500;color:var(--soft)}th,td{padding:.15rem 1rem .15rem 0;border-bottom:1px solid var(--line)}`;
var charts = `
const { steps, evaluations } = JSON.parse(document.getElementById("data").textContent);
const host = document.getElementById("charts");
const ink = matchMedia("(prefers-color-scheme: dark)").matches ? "#ccc" : "#444";
const grid = { stroke: "#8883", width: 1 };
const byStep = new Map(evaluations.map((e) => [e.step, e]));
const x = [...new Set([...steps.map((s) => s.step), ...byStep.keys()])].sort((a, b) => a - b);
const stepAt = new Map(steps.map((s) => [s.step, s]));
const column = (map, key) => x.map((step) => map.get(step)?.[key] ?? null);
function plot(title, series, log) {
  const element = document.createElement("div");
  host.append(element);
  const width = () => Math.max(280, element.clientWidth || 480);
  const chart = new uPlot({
    title, width: width(), height: 260,
    scales: { x: { time: false }, y: log ? { distr: 3 } : {} },
    axes: [{ stroke: ink, grid, label: "step" }, { stroke: ink, grid, size: 64 }],
    series: [{ label: "step" }, ...series.map(({ label, color, points }) => ({
      label, stroke: color, width: points ? 2 : 1, spanGaps: true, points: { show: !!points, size: 6 },
      value: (_, v) => v == null ? "\u2013" : v.toPrecision(4) }))],
  }, [x, ...series.map((s) => s.data)], element);
  addEventListener("resize", () => chart.setSize({ width: width(), height: 260 }));
}
plot("Loss (nats per token)", [
  { label: "training", color: "#4c78a8", data: column(stepAt, "loss") },
  { label: "validation", color: "#f58518", points: true, data: column(byStep, "loss") },
]);
plot("Gradient norm", [{ label: "norm", color: "#54a24b", data: column(stepAt, "gradNorm") }], true);
plot("Learning rate", [{ label: "rate", color: "#b279a2", data: column(stepAt, "learningRate") }]);
plot("Tokens per second", [{ label: "tokens/s", color: "#e45756", data: column(stepAt, "tokensPerSecond") }]);
`;

// ../../packages/training/lr-schedule/src/schedule.ts
function constant({ peak, warmup = 0 }) {
  checkRate("constant: peak", peak);
  return linearWarmup(() => peak, { warmup });
}
function linearWarmup(schedule, { warmup }) {
  checkSteps("linearWarmup: warmup", warmup);
  return (step2) => {
    checkStep(step2);
    return step2 < warmup ? schedule(warmup) * (step2 + 1) / (warmup + 1) : schedule(step2);
  };
}
function checkRate(what, value) {
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`${what} must be a finite number \u2265 0, got ${value}`);
}
function checkSteps(what, value) {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${what} must be a whole number \u2265 0, got ${value}`);
}
function checkDecay(name, { peak, min, warmup, total }) {
  checkRate(`${name}: peak`, peak);
  checkRate(`${name}: min`, min);
  checkSteps(`${name}: warmup`, warmup);
  checkSteps(`${name}: total`, total);
  if (min > peak) throw new RangeError(`${name}: min must not exceed peak, got min ${min} and peak ${peak}`);
  if (warmup > total)
    throw new RangeError(`${name}: warmup must fit into total, got warmup ${warmup} and total ${total}`);
}
function checkStep(step2) {
  if (!(step2 >= 0)) throw new RangeError(`schedule: step must be a number \u2265 0, got ${step2}`);
}

// ../../packages/training/lr-schedule/src/cosine.ts
function cosine({ peak, min = peak / 10, warmup = 0, total }) {
  checkDecay("cosine", { peak, min, warmup, total });
  const decay = (step2) => {
    if (step2 >= total) return min;
    const ratio = (step2 - warmup) / (total - warmup);
    return min + 0.5 * (1 + Math.cos(Math.PI * ratio)) * (peak - min);
  };
  return linearWarmup(decay, { warmup });
}

// ../../packages/training/lr-schedule/src/linear.ts
function linear2({ peak, min = 0, warmup = 0, total }) {
  checkDecay("linear", { peak, min, warmup, total });
  const decay = (step2) => {
    if (step2 >= total) return min;
    const ratio = (step2 - warmup) / (total - warmup);
    return (1 - ratio) * peak + ratio * min;
  };
  return linearWarmup(decay, { warmup });
}

// ../../packages/training/lr-schedule/src/wsd.ts
function wsd({ peak, min = 0, warmup = 0, decay, total, shape = "1-sqrt" }) {
  checkDecay("wsd", { peak, min, warmup, total });
  checkSteps("wsd: decay", decay);
  if (warmup + decay > total) {
    throw new RangeError(`wsd: warmup and decay must fit into total, got ${warmup} + ${decay} > ${total}`);
  }
  const start = total - decay;
  const schedule = (step2) => {
    if (step2 >= total) return min;
    if (step2 <= start) return peak;
    const ratio = (step2 - start) / decay;
    const gone = shape === "linear" ? ratio : Math.sqrt(ratio);
    return (1 - gone) * peak + gone * min;
  };
  return linearWarmup(schedule, { warmup });
}

// src/run/schedule.ts
function scheduleOf({ schedule, learningRate, minLearningRate, warmup, steps }) {
  const peak = learningRate;
  const min = Math.min(minLearningRate, peak);
  const shape = { peak, min, warmup: Math.min(warmup, steps), total: steps };
  switch (schedule) {
    case "cosine":
      return cosine(shape);
    case "linear":
      return linear2(shape);
    case "wsd":
      return wsd({ ...shape, decay: Math.round(steps / 5) });
    case "constant":
      return constant({ peak, warmup: shape.warmup });
  }
}

// src/run/loop.ts
async function runLoop(options) {
  const { paths, config, model, parameters, optimizer, tokensPerStep } = options;
  const startStep = options.resume ? await resumeAt(options) : 0;
  const before = await evaluateStep(options, startStep, startStep === 0);
  say(`validation loss at step ${startStep}: ${before.loss.toFixed(4)}${bytesText(before)}`);
  const stop = interruptible();
  const bar2 = progress("training", config.steps, startStep);
  let evaluation;
  let measuredAt = -1;
  let rate2 = 0;
  const onStep = async (report) => {
    const { step: step2, loss, gradNorm, learningRate, milliseconds, skipped } = report;
    const tokensPerSecond = Math.round(tokensPerStep / milliseconds * 1e3);
    rate2 = rate2 === 0 ? tokensPerSecond : rate2 * 0.9 + tokensPerSecond * 0.1;
    await appendMetrics(paths.metrics, { kind: "step", step: step2, loss, gradNorm, learningRate, tokensPerSecond, ...skipped && { skipped } });
    const heldOut = evaluation ? ` val ${evaluation.loss.toFixed(3)}` : "";
    bar2.update(step2, `loss ${loss.toFixed(3)}${heldOut} ${short(rate2)} tokens/s`);
    if (skipped) bar2.log(`step ${step2}: loss or gradients were not finite; the step was skipped`);
    const last = step2 === config.steps;
    if (last || step2 % config.evalEvery === 0) {
      evaluation = await evaluateStep(options, step2);
      measuredAt = step2;
      bar2.log(`step ${step2}: validation loss ${evaluation.loss.toFixed(4)}${bytesText(evaluation)}`);
    }
    if (options.sample && config.sampleEvery > 0 && (last || step2 % config.sampleEvery === 0)) await takeSample(options, step2);
    if (last || step2 % config.checkpointEvery === 0) await checkpoint(options, step2, measuredAt === step2 ? evaluation : void 0);
    if (last || step2 % config.evalEvery === 0) await refreshReport(options);
  };
  try {
    model.train();
    const schedule = scheduleOf(config);
    const summary = await train({
      ...options,
      ...pick(config),
      parameters,
      optimizer,
      learningRate: schedule,
      startStep,
      onStep,
      signal: stop.signal
    });
    if (summary.aborted && summary.step > startStep) await checkpoint(options, summary.step);
    await refreshReport(options);
    return { ...summary, before, evaluation: evaluation ?? before };
  } finally {
    bar2.stop();
    stop.dispose();
  }
}
var pick = ({ steps, accumulate: accumulate3, clip, seed }) => ({
  steps,
  accumulate: accumulate3,
  clip,
  seed
});
async function resumeAt({ paths, parameters, optimizer, config }) {
  const step2 = await restore(paths.checkpoints, parameters, optimizer);
  await truncateMetrics(paths.metrics, step2);
  say(step2 === 0 ? "no checkpoint was written yet: starting at step 0" : `resuming at step ${step2} of ${config.steps}`);
  return step2;
}
async function evaluateStep(options, step2, record2 = true) {
  const { model, heldOut, loss, weight, paths } = options;
  model.eval();
  const { loss: mean3, count } = await evaluate({ batches: heldOut.batches(), loss, weight });
  model.train();
  const bytes = heldOut.bytes;
  const evaluation = {
    kind: "evaluation",
    step: step2,
    loss: mean3,
    perplexity: perplexity(mean3),
    ...bytes && { bitsPerByte: bitsPerByte({ nats: mean3 * count, bytes }) }
  };
  if (record2) await appendMetrics(paths.metrics, evaluation);
  return evaluation;
}
async function takeSample({ model, sample: sample2, paths }, step2) {
  model.eval();
  const text2 = await sample2?.() ?? "";
  model.train();
  await appendMetrics(paths.metrics, { kind: "sample", step: step2, text: text2 });
}
async function checkpoint(options, step2, evaluation) {
  const { paths, parameters, optimizer, config } = options;
  await save(paths.checkpoints, step2, parameters, optimizer, { keep: config.keep, seed: config.seed, loss: evaluation?.loss });
}
async function refreshReport({ paths, title, config }) {
  await writeReport(paths.report, await readMetrics(paths.metrics), { title, settings: config });
}
var bytesText = ({ bitsPerByte: bits }) => bits ? `, ${bits.toFixed(3)} bits per byte` : "";
function interruptible() {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    say("\nfinishing this step, then saving \u2026 (Ctrl-C again to stop at once)");
    controller.abort();
  };
  for (const name of ["SIGINT", "SIGTERM"]) process.on(name, onSignal);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of ["SIGINT", "SIGTERM"]) process.off(name, onSignal);
    }
  };
}

// src/run/pretrain.ts
import { copyFile as copyFile2, writeFile as writeFile4 } from "fs/promises";
import { existsSync as existsSync6 } from "fs";
import { join as join15 } from "path";
async function pretrain(config, out) {
  const paths = await createRun(out);
  const { tokenizer, tokens } = await prepare(config, paths);
  const architecture = architectureOf(config, tokenizer.vocabSize);
  await writeJson(paths.architecture, architecture);
  await writeFile4(paths.metrics, "");
  await writeJson(paths.run, config);
  return loop(paths, config, tokenizer, tokens, modelFromArchitecture(architecture, config.seed), false);
}
var changeable = ["steps", "evalEvery", "evalTokens", "checkpointEvery", "keep", "sampleEvery", "samplePrompt", "backend"];
async function resumePretraining(out, given) {
  const paths = runPaths(out);
  const config = await resumedConfig(paths, given, pretrainSchema);
  const tokenizer = await readTokenizer(paths.tokenizer);
  const architecture = await readJson(paths.architecture, "model");
  const tokens = openTokens(existsSync6(paths.data) ? paths.data : config.data[0]);
  return loop(paths, config, tokenizer, tokens, modelFromArchitecture(architecture, config.seed), true);
}
async function resumedConfig(paths, given, schema) {
  if (!existsSync6(paths.run)) throw new UserError(`there is no run to resume in ${paths.root}`);
  const before = await readJson(paths.run, "settings");
  for (const [key, value] of Object.entries(given)) {
    if (value === void 0 || changeable.includes(key) || JSON.stringify(value) === JSON.stringify(before[key])) continue;
    throw new UserError(`${key} cannot change when a run is resumed: it is ${JSON.stringify(before[key])}, got ${JSON.stringify(value)}`);
  }
  const config = resolveConfig(schema, [[paths.run, before], ["flags", given]]);
  await writeJson(paths.run, config);
  return config;
}
async function prepare(config, paths) {
  const { data, field: field2, validation, validationData, vocab, tokenizer: kind } = config;
  const [folder] = data;
  if (data.length === 1 && isPrepared(folder)) {
    const tokenizer2 = await readTokenizer(join15(folder, "tokenizer.json"));
    await copyFile2(join15(folder, "tokenizer.json"), paths.tokenizer);
    return { tokenizer: tokenizer2, tokens: openTokens(folder) };
  }
  const tokenizer = kind === "bpe" || kind === "char" ? await trainOnData({ kind, data, field: field2, vocab }) : await readTokenizer(kind);
  await writeJson(paths.tokenizer, tokenizer);
  return { tokenizer, tokens: await tokenizeData({ data, field: field2, validation, validationData, tokenizer, out: paths.data }) };
}
async function loop(paths, config, tokenizer, tokens, model, resume) {
  const { batch, context, accumulate: accumulate3, seed, beta1, beta2, weightDecay, evalTokens, samplePrompt } = config;
  const loader = new DataLoader(tokens.train, { batch, context, microBatches: accumulate3, seed });
  const parameters = model.namedParameters();
  const optimizer = new AdamW(parameters, { beta1, beta2, weightDecay });
  const count = model.parameterCount();
  say(`${config.model}: ${short(count)} parameters, ${short(tokens.train.length)} training tokens, ${short(tokens.validation.length)} held out`);
  const prompt = tokenizer.encode(samplePrompt);
  try {
    const result = await runLoop({
      paths,
      config,
      title: `${config.model} \xB7 ${short(count)} parameters`,
      model,
      parameters,
      optimizer,
      batchAt: (step2, micro) => loader.batchAt(step2, micro),
      loss: textLoss(model),
      weight: targetCount,
      tokensPerStep: batch * context * accumulate3,
      heldOut: heldOutText(tokens.validation, bytesOfTokens(tokenizer), { batch, context, limit: evalTokens }),
      sample: async () => samplePrompt + await collectText(writeText(model, tokenizer, prompt, { maxTokens: 120, temperature: 0.8, topK: 50, seed })),
      resume
    });
    return { ...result, run: paths.root, parameters: count };
  } finally {
    optimizer.dispose();
    model.dispose();
  }
}

// src/run/finetune.ts
async function finetune(config, out) {
  const base = await loadSaved(config.base);
  const paths = await createRun(out);
  await copyFile3(base.paths.tokenizer, paths.tokenizer);
  await copyFile3(base.paths.architecture, paths.architecture);
  await writeFile5(paths.metrics, "");
  if (base.adapted) mergeLora(base.model);
  await writeSafetensors(paths.base, await toStored(base.model.namedParameters()));
  await writeJson(paths.run, config);
  return loop2(paths, config, base, false);
}
async function resumeFinetuning(out, given) {
  const paths = runPaths(out);
  const config = await resumedConfig(paths, given, finetuneSchema);
  return loop2(paths, config, await loadSaved(out, "base"), true);
}
function answerLoss(model) {
  return ({ inputs, targets, segments: segments2, batch, context }) => tidy29(() => {
    const rows = Array.from({ length: batch }, (_, i) => segments2.subarray(i * context, (i + 1) * context));
    const logits = model.forward(tensor2d2(inputs, [batch, context], "int32"), { segments: rows });
    return causalLmLoss(logits, tensor2d2(targets, [batch, context], "int32"));
  });
}
var answerWeight = ({ targets }) => targets.reduce((n, target) => n + (target >= 0 ? 1 : 0), 0);
async function loop2(paths, config, { model, tokenizer, architecture }, resume) {
  const { batch, accumulate: accumulate3, seed, beta1, beta2, weightDecay, format } = config;
  const context = Math.min(config.context ?? model.maxLength, model.maxLength);
  const { train: train2, heldOut } = await loadConversations(config);
  const strategy = architecture.model_type === "gpt2" ? "none" : "first-fit";
  const pack = { tokenizer, format, context, strategy };
  const [trainRows, heldOutRows] = [packConversations(train2, pack), packConversations(heldOut, pack)];
  const skipped = trainRows.skipped + heldOutRows.skipped;
  if (skipped > 0) say(`${skipped} conversations are longer than ${context} tokens and are left out`);
  const parameters = await trainedParameters(model, config, paths, resume);
  const count = [...parameters.values()].reduce((sum6, { size: size2 }) => sum6 + size2, 0);
  say(`${config.method}: ${short(count)} of ${short(model.parameterCount())} parameters learn from ${train2.length} conversations, ${heldOut.length} are held out`);
  const optimizer = new AdamW(parameters, { beta1, beta2, weightDecay });
  try {
    const result = await runLoop({
      paths,
      config,
      title: `${config.method} \xB7 ${short(count)} parameters`,
      model,
      parameters,
      optimizer,
      batchAt: (step2, micro) => conversationBatch(rowsAt(trainRows.rows, { step: step2 * accumulate3 + micro, batch, seed })),
      loss: answerLoss(model),
      weight: answerWeight,
      tokensPerStep: batch * context * accumulate3,
      heldOut: { batches: () => batchesOf(heldOutRows.rows, batch) },
      resume
    });
    return { ...result, run: paths.root, parameters: count };
  } finally {
    optimizer.dispose();
    model.dispose();
  }
}
async function trainedParameters(model, config, paths, resume) {
  if (config.method === "full") return model.namedParameters();
  const { rank, alpha, targets, loraDropout, seed } = config;
  const [only] = targets;
  const handle = applyLora(model, {
    rank,
    alpha,
    targets: targets.length === 1 && only === "all-linear" ? "all-linear" : targets,
    dropout: loraDropout,
    random: new Random(seed).fork("lora")
  });
  if (!resume || !existsSync7(join16(paths.root, ADAPTER_CONFIG))) await writeJson(join16(paths.root, ADAPTER_CONFIG), toPeftConfig(handle.config));
  return handle.parameters;
}
function* batchesOf(rows, batch) {
  for (let i = 0; i < rows.length; i += batch) yield conversationBatch(rows.slice(i, i + batch));
}

// src/demo/corpus.ts
import { existsSync as existsSync8 } from "fs";
import { readdir as readdir4, readFile as readFile8 } from "fs/promises";
import { createRequire as createRequire2 } from "module";
import { dirname as dirname3, join as join17 } from "path";
import { fileURLToPath } from "url";

// src/demo/declarations.ts
import ts from "typescript";
var PIECE_CHARACTERS = 6e3;
var MAX_DESCRIPTION = 160;
var MAX_SIGNATURE = 120;
function cutDeclarations(name, text2) {
  const source = ts.createSourceFile(name, text2, ts.ScriptTarget.Latest, true);
  const pieces = [];
  let start = 0;
  let examples = [];
  const close = (end) => {
    if (text2.slice(start, end).trim() !== "") pieces.push({ id: `${name}#${pieces.length}`, text: text2.slice(start, end), examples });
    [start, examples] = [end, []];
  };
  for (const statement of statements(source)) {
    if (statement.end - start > PIECE_CHARACTERS && statement.pos > start) close(statement.pos);
    collectExamples(statement, source, examples);
    if (statement.end - start > PIECE_CHARACTERS) close(statement.end);
  }
  close(text2.length);
  return pieces;
}
function* statements(node) {
  for (const statement of node.statements) {
    const body = ts.isModuleDeclaration(statement) ? statement.body : void 0;
    if (body && ts.isModuleBlock(body) && statement.end - statement.pos > PIECE_CHARACTERS) yield* statements(body);
    else yield statement;
  }
}
function collectExamples(node, source, examples) {
  const example = exampleOf(node, source);
  if (example) examples.push(example);
  ts.forEachChild(node, (child) => collectExamples(child, source, examples));
}
function exampleOf(node, source) {
  const declares = ts.isFunctionDeclaration(node) || ts.isMethodSignature(node) || ts.isPropertySignature(node) || ts.isMethodDeclaration(node);
  if (!declares) return void 0;
  const comment = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)?.comment;
  const description = firstSentence(typeof comment === "string" ? comment : ts.getTextOfJSDocComment(comment) ?? "");
  const signature = source.text.slice(node.getStart(source), node.end).replace(/\s+/g, " ").trim();
  if (description.length < 20 || description.length > MAX_DESCRIPTION || signature.length > MAX_SIGNATURE) return void 0;
  return { description, signature };
}
function firstSentence(comment) {
  const paragraph = comment.split(/\n\s*\n/)[0].replace(/\[MDN Reference\]\(.*?\)/g, "").replace(/\[(.*?)\]\(.*?\)/g, "$1");
  const line = paragraph.replace(/\*\*|`/g, "").replace(/\s+/g, " ").trim();
  return line.match(/^.*?[.!?](?=\s|$)/)?.[0] ?? line;
}

// src/demo/corpus.ts
var require3 = createRequire2(import.meta.url);
var COPIES = /^lib\.(webworker|scripthost|dom\.(iterable|asynciterable))/;
async function demoPieces() {
  const typescript = join17(dirname3(require3.resolve("typescript/package.json")), "lib");
  const node = dirname3(require3.resolve("@types/node/package.json"));
  const library = (await readdir4(typescript)).filter((name) => /^lib\..*\.d\.ts$/.test(name) && !COPIES.test(name));
  const declarations = await readdir4(node, { recursive: true });
  const files = [
    ...library.map((name) => join17(typescript, name)),
    ...declarations.filter((name) => name.endsWith(".d.ts")).map((name) => join17(node, name)),
    ...await ownSources()
  ].sort();
  const texts = await Promise.all(files.map((file) => readFile8(file, "utf8")));
  return texts.flatMap((text2, i) => cutDeclarations(shortName(files[i]), text2));
}
async function ownSources() {
  let folder = dirname3(fileURLToPath(import.meta.url));
  while (!existsSync8(join17(folder, "pnpm-workspace.yaml"))) {
    if (dirname3(folder) === folder) return [];
    folder = dirname3(folder);
  }
  const packages = join17(folder, "packages");
  const names = await readdir4(packages, { recursive: true });
  return names.filter((name) => /^[a-z]+\/[a-z0-9-]+\/src\/.*\.ts$/.test(name.replaceAll("\\", "/"))).map((name) => join17(packages, name));
}
function shortName(file) {
  return file.replaceAll("\\", "/").replace(/^.*\/(node_modules|packages)\//, "");
}

// src/demo/instructions.ts
import { writeFile as writeFile6 } from "fs/promises";
function splitPieces(pieces, share) {
  const drawn = pieces.map((piece) => new Random(7).fork(piece.id).uniform() < share);
  return { train: pieces.filter((_, i) => !drawn[i]), heldOut: pieces.filter((_, i) => drawn[i]) };
}
function examplesOf(pieces, without = []) {
  const seen = new Set(without.flatMap(({ description, signature }) => [description, signature]));
  return pieces.flatMap(({ examples }) => examples).filter(({ description, signature }) => {
    if (seen.has(description) || seen.has(signature)) return false;
    seen.add(description).add(signature);
    return true;
  });
}
async function writeJsonLines(path, records) {
  await writeFile6(path, records.map((record2) => `${JSON.stringify(record2)}
`).join(""));
}

// src/demo/trigram.ts
var DISCOUNT = 0.75;
var Trigram = class {
  vocabSize;
  #contexts = [/* @__PURE__ */ new Map(), /* @__PURE__ */ new Map(), /* @__PURE__ */ new Map()];
  constructor(vocabSize) {
    this.vocabSize = vocabSize;
  }
  /** Counts a text. */
  add(tokens) {
    for (let i = 0; i < tokens.length; i++) {
      for (let order2 = 0; order2 <= Math.min(2, i); order2++) {
        const key = keyOf(tokens, i, order2);
        const contexts = this.#contexts[order2];
        let successors = contexts.get(key);
        if (!successors) contexts.set(key, successors = { total: 0, counts: /* @__PURE__ */ new Map() });
        successors.total++;
        const token = tokens[i];
        successors.counts.set(token, (successors.counts.get(token) ?? 0) + 1);
      }
    }
  }
  /** Probability of `tokens[i]` after the two tokens before it. */
  probability(tokens, i) {
    let p = 1 / this.vocabSize;
    for (let order2 = 0; order2 <= Math.min(2, i); order2++) {
      const successors = this.#contexts[order2]?.get(keyOf(tokens, i, order2));
      if (!successors) break;
      const { total, counts } = successors;
      const count = counts.get(tokens[i]) ?? 0;
      p = Math.max(count - DISCOUNT, 0) / total + DISCOUNT * counts.size / total * p;
    }
    return p;
  }
  /** Sum of −ln p over the targets that count, all but the first token. */
  nats(tokens, counts = () => true) {
    let sum6 = 0;
    for (let i = 1; i < tokens.length; i++) {
      if (counts(tokens[i])) sum6 -= Math.log(this.probability(tokens, i));
    }
    return sum6;
  }
};
function keyOf(tokens, i, order2) {
  return order2 === 0 ? "" : order2 === 1 ? `${tokens[i - 1]}` : `${tokens[i - 2]} ${tokens[i - 1]}`;
}

// src/demo/settings.ts
var demoPretraining = {
  vocab: 2048,
  model: "llama",
  layers: 4,
  heads: 4,
  kvHeads: 2,
  dim: 128,
  context: 128,
  batch: 8,
  steps: 900,
  learningRate: 3e-3,
  minLearningRate: 3e-4,
  warmup: 50,
  evalEvery: 150,
  checkpointEvery: 300,
  sampleEvery: 300,
  samplePrompt: "interface ",
  evalTokens: 16e3
};
var demoFinetuning = {
  method: "lora",
  rank: 16,
  alpha: 32,
  steps: 150,
  batch: 8,
  learningRate: 5e-3,
  minLearningRate: 5e-4,
  evalEvery: 50,
  checkpointEvery: 50
};
var quick = { steps: 12, evalEvery: 6, checkpointEvery: 6, evalTokens: 2e3, batch: 4 };

// src/demo/demo.ts
async function runDemo(options) {
  const began = performance.now();
  const out = options.out ?? freeFolder();
  const paths = { base: join18(out, "pretrained"), tuned: join18(out, "finetuned"), exported: join18(out, "exported") };
  heading(1, "Text: the TypeScript declarations on this machine, and the house's own sources");
  const { files, heldOut } = await writeText2(join18(out, "text"), options.quick === true);
  heading(2, "Tokenizer and pretraining: a small LLaMA learns to continue the text");
  const settings = options.quick ? quick : {};
  const { base, tuned } = paths;
  const pretraining = resolveConfig(pretrainSchema, [
    ["demo", { ...demoPretraining, data: [files.train], validationData: [files.validation], ...settings }]
  ]);
  const trained = await pretrain(pretraining, base);
  heading(3, "Baseline: a trigram model of the same tokens");
  const trigram = await trigramBits(base, pretraining.evalTokens);
  const bits = trained.evaluation.bitsPerByte ?? Number.NaN;
  say(`trigram ${trigram.toFixed(3)} bits per byte, the model ${pc3.bold(bits.toFixed(3))}`);
  heading(4, "Fine-tuning with LoRA: documentation \u2192 signature");
  const tuning = resolveConfig(finetuneSchema, [
    ["demo", { ...demoFinetuning, base, data: [files.chats], validationData: [files.heldOutChats], ...settings }]
  ]);
  const finetuned = await finetune(tuning, tuned);
  const loss = { before: finetuned.before.loss, after: finetuned.evaluation.loss };
  const change = (1 - loss.after / loss.before) * 100;
  say(`held-out answer loss ${loss.before.toFixed(3)} \u2192 ${pc3.bold(loss.after.toFixed(3))} (${change.toFixed(0)} % lower)`);
  heading(5, "Answers to held-out questions, before and after");
  const answers = await compareAnswers(paths, heldOut.slice(0, 4));
  heading(6, "Export: adapters merged, as a Hugging Face folder");
  await exportRun({ run: tuned, out: paths.exported, format: "hf", checkpoint: "best" });
  const seconds = Math.round((performance.now() - began) / 1e3);
  const result = { out, parameters: trained.parameters, bitsPerByte: bits, trigramBitsPerByte: trigram, answerLoss: loss, answers, exported: paths.exported, seconds };
  return { ...result, summary: summarize(result, paths) };
}
async function writeText2(folder, small) {
  await mkdir4(folder, { recursive: true });
  const all2 = await demoPieces();
  const pieces = small ? all2.filter((_, i) => i % 10 === 0) : all2;
  const { train: train2, heldOut } = splitPieces(pieces, 0.05);
  const examples = examplesOf(train2);
  const unseen = examplesOf(heldOut, examples).slice(0, 200);
  const path = (name) => join18(folder, name);
  const files = { train: path("train.jsonl"), validation: path("validation.jsonl"), chats: path("instructions.jsonl"), heldOutChats: path("held-out.jsonl") };
  const texts = (list2) => list2.map(({ text: text2 }) => ({ text: text2 }));
  const chats = (list2) => list2.map(({ description, signature }) => ({ prompt: description, completion: signature }));
  await writeJsonLines(files.train, texts(train2));
  await writeJsonLines(files.validation, texts(heldOut));
  await writeJsonLines(files.chats, chats(examples));
  await writeJsonLines(files.heldOutChats, chats(unseen));
  const megabytes = train2.reduce((sum6, { text: text2 }) => sum6 + Buffer.byteLength(text2), 0) / 1e6;
  say(`${megabytes.toFixed(1)} MB of text in ${train2.length} pieces, ${heldOut.length} held out; ${examples.length} instructions, ${unseen.length} held out`);
  return { files, heldOut: unseen };
}
async function trigramBits(run, limit) {
  const tokenizer = await readTokenizer(join18(run, "tokenizer.json"));
  const bytes = bytesOfTokens(tokenizer);
  const { train: train2, validation } = openTokens(join18(run, "data"));
  const trigram = new Trigram(tokenizer.vocabSize);
  trigram.add(train2.read(0, train2.length));
  const tokens = validation.read(0, Math.min(validation.length, limit + 1));
  const total = tokens.subarray(1).reduce((sum6, id2) => sum6 + bytes[id2], 0);
  return bitsPerByte({ nats: trigram.nats(tokens, (id2) => bytes[id2] !== 0), bytes: total });
}
async function compareAnswers({ base, tuned }, examples) {
  const [before, after] = [await loadSaved(base), await loadSaved(tuned)];
  const answers = [];
  for (const { description, signature } of examples) {
    const row = { prompt: description, expected: signature, before: await ask(before, description), after: await ask(after, description) };
    answers.push(row);
    say(`
${pc3.bold("question")} ${row.prompt}
${pc3.dim("before")}   ${row.before}
${pc3.dim("after")}    ${pc3.green(row.after)}
${pc3.dim("source")}   ${row.expected}`);
  }
  before.model.dispose();
  after.model.dispose();
  return answers;
}
async function ask(saved, content) {
  const text2 = await collectText(answer(saved, [{ role: "user", content }], { format: "plain", temperature: 0, maxTokens: 48 }));
  return text2.replace(/\s+/g, " ").trim();
}
function summarize({ out, seconds, bitsPerByte: bits, trigramBitsPerByte: trigram, answerLoss: answerLoss2 }, { base, tuned, exported }) {
  const llm = process.env.npm_lifecycle_event ? "npm run -s llm --" : "llm";
  const here = (path) => relative(process.env.INIT_CWD ?? process.cwd(), path) || ".";
  return `
${pc3.bold(`Done in ${Math.floor(seconds / 60)} min ${seconds % 60} s.`)}
  bits per byte      ${bits.toFixed(3)} (trigram ${trigram.toFixed(3)})
  answer loss        ${answerLoss2.before.toFixed(3)} \u2192 ${answerLoss2.after.toFixed(3)}
  text               ${here(join18(out, "text"))}
  pretrained         ${here(base)}  (report.html shows its curves)
  fine-tuned         ${here(tuned)}
  Hugging Face       ${here(exported)}

Talk to it:          ${llm} chat --run ${here(tuned)}
Let it write:        ${llm} generate --run ${here(base)} --prompt "interface "
Your own text:       ${llm} pretrain --data FILE --out runs/mine`;
}
function heading(number2, text2) {
  say(`
${pc3.bold(pc3.cyan(`${number2}. ${text2}`))}`);
}
function freeFolder() {
  for (let i = 1; ; i++) {
    const folder = join18(process.env.INIT_CWD ?? process.cwd(), "runs", i === 1 ? "demo" : `demo-${i}`);
    if (!existsSync9(folder)) return folder;
  }
}

// src/commands/demo.ts
function addDemoCommand(program2) {
  const command = program2.command("demo").summary("the whole pipeline on text that is on this machine").description(
    "Train a tokenizer and a small LLaMA on the TypeScript declarations on this machine, compare it with a trigram model, fine-tune it with LoRA to write a signature from its documentation, merge, export, and say how to talk to it."
  ).option("-o, --out <folder>", "folder for all of it; must be new or empty (default: runs/demo, runs/demo-2 \u2026)").option("--quick", "a few steps only, to see that everything works").option("--json", "print the result as JSON");
  addFlags(command, backendShape).action(async ({ backend, json, ...options }) => {
    say(`backend ${await activateBackend(backend ?? "auto")}`);
    const result = await runDemo(options);
    printResult(json, result, result.summary);
  });
}

// src/commands/tokens.ts
import { mkdir as mkdir5, writeFile as writeFile7 } from "fs/promises";
import { dirname as dirname4, join as join19 } from "path";
import { Option as Option2 } from "commander";

// src/ui/read-text.ts
import { text } from "stream/consumers";
async function readText(argument) {
  return argument === "-" ? text(process.stdin) : argument;
}

// src/commands/tokens.ts
function addTokenCommands(program2) {
  const tokenizer = program2.command("tokenizer").summary("train and use tokenizers").description("Train a tokenizer on text, and turn text into token ids and back.");
  addTrain(tokenizer);
  addEncode(tokenizer);
  addDecode(tokenizer);
  addPrepare(program2.command("data").summary("prepare text for training").description("Prepare text for training."));
}
function addTrain(tokenizer) {
  tokenizer.command("train").summary("learn a vocabulary from text").description("Learn a vocabulary from text and write it as a Hugging Face tokenizer.json.").requiredOption("-d, --data <path...>", "text: files, folders or URLs (txt, md, jsonl, ts, gz)").option("--field <name>", "field of a JSON Lines record that holds the text").addOption(new Option2("--kind <kind>", "byte-level BPE, or one token a character").choices(["bpe", "char"]).default("bpe")).option("--vocab <number>", "vocabulary size (bpe)", parseNumber, 4096).requiredOption("-o, --out <file>", "the tokenizer.json to write").option("--json", "print the result as JSON").action(async ({ out, json, ...options }) => {
    const trained = await trainOnData(options);
    await mkdir5(dirname4(out), { recursive: true });
    await writeJson(out, trained);
    printResult(json, { out, vocabSize: trained.vocabSize }, `${out}: ${trained.vocabSize} tokens`);
  });
}
function addEncode(tokenizer) {
  tokenizer.command("encode").summary("text to token ids").description("Turn text into token ids. Text that looks like a special token stays text, unless --special is given.").argument("[text]", "the text; - reads standard input", "-").requiredOption("-f, --file <path>", "a tokenizer.json").option("--special", "recognize special tokens in the text").option("--json", "print the result as JSON").action(async (text2, { file, special, json }) => {
    const ids = (await readTokenizer(file)).encode(await readText(text2), special ? { allowedSpecial: "all" } : {});
    printResult(json, { ids }, ids.join(" "));
  });
}
function addDecode(tokenizer) {
  tokenizer.command("decode").summary("token ids to text").description("Turn token ids into text.").argument("[ids...]", "the ids, separated by spaces or commas; none reads standard input").requiredOption("-f, --file <path>", "a tokenizer.json").option("--json", "print the result as JSON").action(async (words2, { file, json }) => {
    const list2 = words2.length > 0 ? words2.join(" ") : await readText("-");
    const ids = list2.split(/[\s,[\]]+/).filter((word) => word !== "").map((word) => {
      if (!/^\d+$/.test(word)) throw new UserError(`"${word}" is not a token id`);
      return Number(word);
    });
    const text2 = (await readTokenizer(file)).decode(ids);
    printResult(json, { text: text2 }, text2);
  });
}
function addPrepare(data) {
  data.command("prepare").summary("text to token shards").description("Turn text into shards of tokens that `llm pretrain --data` takes, so that several runs share them.").requiredOption("-d, --data <path...>", "text: files, folders or URLs (txt, md, jsonl, ts, gz)").option("--field <name>", "field of a JSON Lines record that holds the text").option("--validation <share>", "share of the text, at its end, that is held out", parseNumber, 0.1).option("--tokenizer <which>", "`bpe` or `char` to train one, or a tokenizer.json", "bpe").option("--vocab <number>", "vocabulary size of a tokenizer that is trained", parseNumber, 4096).requiredOption("-o, --out <folder>", "new folder").option("--json", "print the result as JSON").action(async ({ out, json, tokenizer: kind, vocab, data: paths, field: field2, validation }) => {
    await createRun(out);
    const tokenizer = kind === "bpe" || kind === "char" ? await trainOnData({ kind, data: paths, field: field2, vocab }) : await readTokenizer(kind);
    const { train: train2, validation: held } = await tokenizeData({ data: paths, field: field2, validation, tokenizer, out });
    await writeFile7(join19(out, "tokenizer.json"), `${JSON.stringify(tokenizer, null, 2)}
`);
    const result = { out, vocabSize: tokenizer.vocabSize, trainTokens: train2.length, validationTokens: held.length };
    printResult(json, result, `${out}: ${train2.length} training tokens, ${held.length} held out, vocabulary ${tokenizer.vocabSize}`);
  });
}

// src/commands/training.ts
import { Option as Option3 } from "commander";

// src/config/presets.ts
var presets = {
  // nanoGPT's README, "I only have a macbook": its CPU recipe for a character-level model of Shakespeare.
  "nanogpt-cpu": {
    model: "gpt2",
    tokenizer: "char",
    layers: 4,
    heads: 4,
    dim: 128,
    context: 64,
    batch: 12,
    dropout: 0,
    bias: false,
    steps: 2e3,
    learningRate: 1e-3,
    minLearningRate: 1e-4,
    warmup: 100,
    schedule: "cosine",
    weightDecay: 0.1,
    beta1: 0.9,
    beta2: 0.99,
    clip: 1,
    evalEvery: 250
  }
};

// src/commands/training.ts
function addTrainingCommands(program2) {
  const pretraining = common(program2.command("pretrain").summary("train a model on text from scratch")).description("Train a language model on text from scratch. Every flag can stand in a --config file as well; flags win.").addOption(new Option3("--preset <name>", "start from named settings").choices(Object.keys(presets)));
  addFlags(pretraining, dataShape, "Text");
  addFlags(pretraining, modelShape, "Model");
  addFlags(pretraining, optimizationShape, "Optimization");
  addFlags(pretraining, { ...reportingShape, ...backendShape }, "Running");
  pretraining.addHelpText("after", pretrainExamples).action((flags) => runPretraining(flags));
  const tuning = common(program2.command("finetune").summary("teach a model to answer, with LoRA or in full")).description(
    "Fine-tune a model on conversations; the loss counts on the answers alone. The new run needs nothing of the old one."
  );
  addFlags(tuning, finetuneSchema.shape);
  tuning.addHelpText("after", finetuneExamples).action((flags) => runFinetuning(flags));
}
function common(command) {
  return command.option("-o, --out <folder>", "folder of the run; must be new or empty").option("-c, --config <file>", "settings from a JSON or YAML file").option("--resume", "go on with the run in --out").option("--json", "print the result as JSON");
}
async function runPretraining({ out, config: file, preset, resume, json, ...flags }) {
  const folder = requireOut(out);
  const layers = await layersOf(file, preset, flags);
  if (resume) {
    const given = Object.assign({}, ...layers.map(([, values]) => values));
    say(`backend ${await activateBackend(flags.backend ?? "auto")}`);
    return finish2(json, await resumePretraining(folder, given), "pretrain");
  }
  const config = resolveConfig(pretrainSchema, layers);
  say(`backend ${await activateBackend(config.backend)}`);
  finish2(json, await pretrain(config, folder), "pretrain");
}
async function runFinetuning({ out, config: file, resume, json, ...flags }) {
  const folder = requireOut(out);
  const layers = await layersOf(file, void 0, flags);
  if (resume) {
    const given = Object.assign({}, ...layers.map(([, values]) => values));
    say(`backend ${await activateBackend(flags.backend ?? "auto")}`);
    return finish2(json, await resumeFinetuning(folder, given), "finetune");
  }
  const config = resolveConfig(finetuneSchema, layers);
  say(`backend ${await activateBackend(config.backend)}`);
  finish2(json, await finetune(config, folder), "finetune");
}
function requireOut(out) {
  if (!out) throw new UserError("--out is missing: give the folder for the run");
  return out;
}
async function layersOf(file, preset, flags) {
  return [
    ...preset ? [[`preset ${preset}`, presets[preset]]] : [],
    ...file ? [[file, await readConfigFile(file)]] : [],
    ["flags", flags]
  ];
}
function finish2(json, { evaluation, ...result }, verb) {
  const { loss, perplexity: perplexity2, bitsPerByte: bitsPerByte2 } = evaluation;
  const bits = bitsPerByte2 ? `, ${bitsPerByte2.toFixed(3)} bits per byte` : "";
  const text2 = `${result.aborted ? "stopped" : "done"} at step ${result.step}: validation loss ${loss.toFixed(4)}${bits}
${result.run}/report.html`;
  printResult(json, { ...result, loss, perplexity: perplexity2, bitsPerByte: bitsPerByte2 }, text2);
  if (!result.aborted) return;
  say(`to go on: llm ${verb} --resume --out ${result.run}`);
  process.exitCode = 130;
}
var pretrainExamples = `
Examples:
  llm pretrain --data book.txt --out runs/book
  llm pretrain --preset nanogpt-cpu --data shakespeare.txt --out runs/shakespeare
  llm pretrain --data src/ docs/ --tokenizer bpe --vocab 8192 --layers 6 --dim 256 --out runs/code
  llm pretrain --resume --out runs/code`;
var finetuneExamples = `
Examples:
  llm finetune --base runs/code --data chats.jsonl --out runs/chat
  llm finetune --base runs/code --data chats.jsonl --method full --learning-rate 1e-4 --out runs/chat-full`;

// src/commands/using.ts
import { Option as Option4 } from "commander";

// src/run/evaluate.ts
import { existsSync as existsSync10 } from "fs";
import { mkdtemp, rm as rm4 } from "fs/promises";
import { tmpdir } from "os";
import { join as join20 } from "path";
async function evaluateRun({ run, data, field: field2, tokens = Number.POSITIVE_INFINITY, batch, checkpoint: checkpoint2 }) {
  const saved = await loadSaved(run, checkpoint2);
  const temporary = await mkdtemp(join20(tmpdir(), "llm-eval-"));
  try {
    if (!data && existsSync10(saved.paths.base)) return await evaluateAnswers(saved, batch);
    const source = await textOf(saved, temporary, data, field2);
    const { batches, bytes } = heldOutText(source, bytesOfTokens(saved.tokenizer), { batch, context: saved.model.maxLength, limit: tokens });
    const { loss, count } = await evaluate({ batches: batches(), loss: textLoss(saved.model), weight: targetCount });
    return { loss, perplexity: perplexity(loss), ...bytes && { bitsPerByte: bitsPerByte({ nats: loss * count, bytes }) }, tokens: count, step: saved.step };
  } finally {
    await rm4(temporary, { recursive: true, force: true });
    saved.model.dispose();
  }
}
async function evaluateAnswers({ model, tokenizer, architecture, paths, step: step2 }, batch) {
  const config = await readJson(paths.run, "settings");
  const { format, context = model.maxLength } = config;
  const { heldOut } = await loadConversations(config);
  const strategy = architecture.model_type === "gpt2" ? "none" : "first-fit";
  const { rows } = packConversations(heldOut, { tokenizer, format, context, strategy });
  const { loss, count } = await evaluate({ batches: batchesOf(rows, batch), loss: answerLoss(model), weight: answerWeight });
  return { loss, perplexity: perplexity(loss), tokens: count, step: step2 };
}
async function textOf({ paths, tokenizer }, temporary, data, field2) {
  if (data) {
    await tokenizeData({ data, field: field2, validation: 0, validationData: data, tokenizer, out: temporary });
    return openTokens(temporary).validation;
  }
  const prepared = isPrepared(paths.data) ? paths.data : (await readJson(paths.run, "settings")).data?.[0] ?? "";
  if (!isPrepared(prepared)) throw new UserError(`${paths.root} holds no held-out text; give some with --data`);
  return openTokens(prepared).validation;
}

// src/commands/using.ts
function addUsingCommands(program2) {
  addEval(program2);
  addGenerate(program2);
  addChat(program2);
  addExport(program2);
}
function addEval(program2) {
  const command = withRun(program2.command("eval").summary("loss, perplexity and bits per byte")).description("Measure a model on the text its run held out, or on any text. Special tokens do not count.").option("-d, --data <path...>", "text to measure on, instead of what the run held out").option("--field <name>", "field of a JSON Lines record that holds the text").option("--tokens <number>", "at most so many tokens (default: all)", parseNumber).option("--batch <number>", "sequences at a time", parseNumber, 8).option("--json", "print the result as JSON");
  addFlags(command, backendShape).action(async ({ backend, json, ...options }) => {
    await activateBackend(backend ?? "auto");
    const result = await evaluateRun(options);
    const bits = result.bitsPerByte ? `
bits per byte ${result.bitsPerByte.toFixed(4)}` : "";
    printResult(json, result, `loss          ${result.loss.toFixed(4)} nats per token
perplexity    ${result.perplexity.toFixed(3)}${bits}
over ${result.tokens} tokens`);
  });
}
function addGenerate(program2) {
  const command = withSampling(withRun(program2.command("generate").summary("continue a text"))).description("Continue a prompt, streaming the text to standard output.").option("-p, --prompt <text>", "the text to continue; - reads standard input", "\n").option("--stop <text>", "end at this text");
  addFlags(command, backendShape).action(async ({ prompt, stop, json, ...flags }) => {
    await activateBackend(flags.backend ?? "auto");
    const { model, tokenizer } = await loadSaved(flags.run, flags.checkpoint);
    const text2 = await readText(prompt);
    const ids = tokenizer.encode(text2);
    if (ids.length === 0) throw new UserError("the prompt is empty: give at least one character");
    const pieces = until(writeText(model, tokenizer, ids, sampling(flags)), stop);
    if (json) return printResult(true, { prompt: text2, text: await collectText(pieces) }, "");
    process.stdout.write(text2);
    for await (const piece of pieces) process.stdout.write(piece);
    process.stdout.write("\n");
  });
}
function addChat(program2) {
  const command = withSampling(withRun(program2.command("chat").summary("talk to a fine-tuned model"))).description("Talk to a fine-tuned model, on a terminal or line by line from a pipe.").option("--system <text>", "instructions before the conversation").addOption(new Option4("--format <name>", "chat format (default: the run's)").choices(["plain", "chatml", "llama3"]));
  addFlags(command, backendShape).action(async ({ system, format, ...flags }) => {
    await activateBackend(flags.backend ?? "auto");
    const saved = await loadSaved(flags.run, flags.checkpoint);
    if (!format && !saved.format) say("this model was never fine-tuned on conversations: expect it to ramble");
    await chat(saved, { ...sampling(flags), system, format: format ?? saved.format ?? "plain" });
  });
}
function addExport(program2) {
  withRun(program2.command("export").summary("write a model for other programs")).description("Write a model as a Hugging Face folder (adapters merged into the weights), or its adapter in PEFT's format.").requiredOption("-o, --out <folder>", "new folder").addOption(new Option4("--format <name>", "what to write").choices(["hf", "peft"]).default("hf")).option("--json", "print the result as JSON").action(async ({ json, ...options }) => {
    await activateBackend("cpu");
    const files = await exportRun(options);
    printResult(json, { out: options.out, files }, files.join("\n"));
  });
}
function withRun(command) {
  return command.requiredOption("-r, --run <folder>", "a run, or a Hugging Face folder").addOption(new Option4("--checkpoint <which>", "which checkpoint of a run").choices(["best", "latest"]).default("best"));
}
function withSampling(command) {
  return command.option("-n, --max-tokens <number>", "length of the text", parseNumber, 200).option("-t, --temperature <number>", "0 takes the likeliest token; 1 samples the model as it is", parseNumber, 0.8).option("--top-k <number>", "sample among the k likeliest tokens", parseNumber).option("--top-p <number>", "sample among the likeliest tokens with this total probability", parseNumber).option("--min-p <number>", "leave out tokens below this share of the likeliest one's probability", parseNumber).option("--repetition-penalty <number>", "above 1: avoid tokens that are in the text already", parseNumber).option("--seed <number>", "seed of the sampling", parseNumber, 0).option("--json", "print the result as JSON");
}
function sampling({ maxTokens, temperature, topK: topK2, topP: topP2, minP: minP2, repetitionPenalty: repetitionPenalty2, seed }) {
  return { maxTokens, temperature, topK: topK2, topP: topP2, minP: minP2, repetitionPenalty: repetitionPenalty2, seed };
}
async function* until(pieces, stop) {
  if (!stop) return yield* pieces;
  let held = "";
  for await (const piece of pieces) {
    held += piece;
    const at = held.indexOf(stop);
    if (at >= 0) return yield held.slice(0, at);
    const safe = Math.max(0, held.length - stop.length + 1);
    yield held.slice(0, safe);
    held = held.slice(safe);
  }
  yield held;
}

// src/cli.ts
var program = new Command("llm").description("Train language models in TypeScript: tokenizer, pretraining, fine-tuning, chat, export.").version("0.0.0").configureHelp({ sortSubcommands: false, showGlobalOptions: false }).showSuggestionAfterError().showHelpAfterError("(--help shows what there is)").addHelpText("after", "\nStart here:\n  llm demo                     the whole pipeline on text that is on this machine\n  llm pretrain --help          train on text of your own");
addDemoCommand(program);
addTokenCommands(program);
addTrainingCommands(program);
addUsingCommands(program);
addBenchCommands(program);
process.stdout.on("error", (error) => process.exit(error.code === "EPIPE" ? 0 : 1));
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) process.stderr.write(`llm: ${describeError(error)}
`);
  process.exitCode = 1;
}
//# sourceMappingURL=cli.js.map