// Between tfjs tensors and stored ones. 32-bit floats both ways, so nothing is lost.

import { type StoredTensor, toFloat32 } from "@llm/safetensors";
import { type Tensor, tensor } from "@tensorflow/tfjs-core";

/** Reads tensors off their device; they stay alive. */
export async function toStored(tensors: ReadonlyMap<string, Tensor>): Promise<Map<string, StoredTensor>> {
  const stored = new Map<string, StoredTensor>();
  for (const [name, value] of tensors) {
    // `data()` may be a view of the tensor's own memory: copy, training goes on.
    stored.set(name, { dtype: "F32", shape: value.shape, data: Float32Array.from(await value.data<"float32">()) });
  }
  return stored;
}

/** Makes tensors; 16-bit ones become 32-bit. The caller disposes them. */
export function fromStored(stored: ReadonlyMap<string, StoredTensor>): Map<string, Tensor> {
  return new Map([...stored].map(([name, value]) => [name, tensor(toFloat32(value), [...value.shape])]));
}
