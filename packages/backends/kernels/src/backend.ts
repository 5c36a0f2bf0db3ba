// A tfjs backend over a machine: tfjs' CPU backend, whose tensors may lie in the machine's memory.
//
// Every op of tfjs works from the start, through the CPU kernels; bindings replace them, one by one, with kernels of the
// machine.

import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { type DataStorage, type DataType, type TensorInfo, type TypedArray, util } from "@tensorflow/tfjs-core";
import type { Machine } from "./machine.js";
import { Pool } from "./pool.js";
import { bytesPerElement, TensorData } from "./storage.js";

type Values = Parameters<MathBackendCPU["write"]>[0];

/** A new tensor and where to write it. */
export interface Output {
  info: TensorInfo;
  address: number;
}

/** tfjs' `KernelBackend` over a `Machine`. */
export class MachineBackend extends MathBackendCPU {
  readonly machine: Machine;
  readonly pool: Pool;
  readonly #kernels: Map<string, number>;
  #nextId = 0;

  constructor(machine: Machine) {
    super();
    this.machine = machine;
    this.pool = new Pool(machine);
    this.#kernels = new Map(machine.kernels.map((name, i) => [name, i]));
  }

  get #data(): DataStorage<TensorData> {
    return this.data as unknown as DataStorage<TensorData>;
  }

  /** Runs a kernel of the machine. Pointers are addresses; 0 stands for an absent one. */
  call(kernel: string, ...values: readonly number[]): void {
    const index = this.#kernels.get(kernel);
    if (index === undefined) throw new Error(`the machine has no kernel ${kernel}`);
    const target = this.machine.arguments;
    for (let i = 0; i < values.length; i++) target[i] = values[i] as number;
    this.machine.run(index);
  }

  /** Where the tensor's values are, in the machine's memory; 0 for an absent tensor. */
  address(tensor: TensorInfo | undefined): number {
    return tensor ? this.#data.get(tensor.dataId).address(this.pool) : 0;
  }

  /** A tensor of undefined content, for a kernel to write. */
  output(shape: number[], dtype: DataType = "float32"): Output {
    const length = util.sizeFromShape(shape);
    const block = this.pool.take(Math.max(1, length) * bytesPerElement(dtype));
    const dataId = this.#put(new TensorData(dtype, block, length, 1));
    return { info: { dataId, shape, dtype }, address: block.address };
  }

  /** The tensor's values without a copy: only good until the next kernel runs. */
  view(tensor: TensorInfo): TypedArray {
    return this.#data.get(tensor.dataId).values as TypedArray;
  }

  /** The same data under another shape. */
  share({ dataId, dtype }: TensorInfo, shape: number[]): TensorInfo {
    this.incRef(dataId);
    return { dataId, shape, dtype };
  }

  #put(data: TensorData): object {
    const dataId = { id: this.#nextId++ };
    this.#data.set(dataId, data);
    return dataId;
  }

  override write(values: Values, shape: number[], dtype: DataType): ReturnType<MathBackendCPU["write"]> {
    return this.#put(new TensorData(dtype, this.#own(values), util.sizeFromShape(shape), 1));
  }

  /** Some CPU kernels of tfjs return a part of their input's array: it must not go with the input's memory. */
  #own(values: Values): Values {
    const view = ArrayBuffer.isView(values) && this.pool.owns(values);
    return view ? (values as TypedArray).slice() : values;
  }

  override move(dataId: object, values: Values, shape: number[], dtype: DataType, refCount: number): void {
    this.#data.set(dataId, new TensorData(dtype, this.#own(values), util.sizeFromShape(shape), refCount));
  }

  /** A copy: the memory behind a tensor belongs to another one soon after it is disposed. */
  override readSync(dataId: object): ReturnType<MathBackendCPU["readSync"]> {
    const data = this.#data.get(dataId);
    return data.onMachine ? (data.values as TypedArray).slice() : super.readSync(dataId);
  }

  override disposeData(dataId: object, force = false): boolean {
    const data = this.#data.has(dataId) ? this.#data.get(dataId) : undefined;
    const gone = super.disposeData(dataId, force);
    if (gone) data?.release(this.pool);
    return gone;
  }

  override memory(): { unreliable: boolean; reasons: string[] } {
    return { unreliable: false, reasons: [] };
  }
}
