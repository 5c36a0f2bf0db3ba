// Looking rows up by index: the gradient adds each row's gradient to where it came from.

import { type GradConfig, reshape, scatterND, type Tensor, transpose } from "@tensorflow/tfjs-core";

/**
 * Adds the rows of `updates` to a table of zeros at the given places.
 *
 * ScatterNd adds up repeated indices and is there on every tfjs backend, while `wasm` has no
 * UnsortedSegmentSum, and the one of `cpu` walks all rows for each entry of the table.
 *
 * @param indices int32 [R]
 * @param updates [R, ...]
 * @param count entries of the table
 * @returns [count, ...]
 */
export function scatterAdd(indices: Tensor, updates: Tensor, count: number): Tensor {
  const rows = indices.size;
  const width = updates.size / Math.max(1, rows);
  const flat = scatterND(reshape(indices, [rows, 1]), reshape(updates, [rows, width]), [count, width]);
  return reshape(flat, [count, ...updates.shape.slice(indices.rank)]);
}

export const gatherGradients: GradConfig[] = [
  {
    kernelName: "GatherV2",
    inputsToSave: ["x", "indices"],
    gradFunc: (dy, saved, attrs) => {
      const [x, indices] = saved as [Tensor, Tensor];
      const { axis: given, batchDims } = attrs as unknown as { axis: number; batchDims: number };
      if (batchDims) throw new Error("gather: no gradient with batchDims; gather without them, or along axis 0");
      const axis = given < 0 ? given + x.rank : given;
      return {
        indices: () => {
          throw new Error("gather: indices have no gradient");
        },
        x: () => {
          // Bring the gathered axis to the front, scatter, and bring it back.
          const d = dy as Tensor;
          const gathered = Array.from({ length: indices.rank }, (_, i) => axis + i);
          const others = Array.from({ length: d.rank }, (_, i) => i).filter((i) => !gathered.includes(i));
          const front = axis === 0 ? d : transpose(d, [...gathered, ...others]);
          const table = scatterAdd(indices, front, x.shape[axis] as number);
          if (axis === 0) return table;
          const order = x.shape.map((_, i) => (i === axis ? 0 : i < axis ? i + 1 : i));
          return transpose(table, order);
        },
      };
    },
  },
];
