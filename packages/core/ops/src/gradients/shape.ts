// Ops that move values without changing them: the gradient moves them back.

import {
  cast,
  clone,
  concat,
  cumsum,
  type GradConfig,
  pad,
  reshape,
  reverse,
  slice,
  split,
  stack,
  sum,
  type Tensor,
  transpose,
  unstack,
} from "@tensorflow/tfjs-core";

const back = (kernelName: string): GradConfig => ({
  kernelName,
  inputsToSave: ["x"],
  gradFunc: (dy, [x]) => ({ x: () => reshape(dy as Tensor, (x as Tensor).shape) }),
});

export const shapeGradients: GradConfig[] = [
  { kernelName: "Identity", gradFunc: (dy) => ({ x: () => clone(dy as Tensor) }) },
  { kernelName: "Cast", gradFunc: (dy) => ({ x: () => cast(dy as Tensor, "float32") }) },
  back("Reshape"),
  {
    kernelName: "ExpandDims",
    inputsToSave: ["input"],
    gradFunc: (dy, [x]) => ({ input: () => reshape(dy as Tensor, (x as Tensor).shape) }),
  },
  {
    kernelName: "Transpose",
    gradFunc: (dy, _, attrs) => {
      const { perm } = attrs as unknown as { perm: number[] };
      return {
        x: () =>
          transpose(
            dy as Tensor,
            perm.map((_, i) => perm.indexOf(i)),
          ),
      };
    },
  },
  {
    kernelName: "Concat",
    saveAllInputs: true,
    gradFunc: (dy, saved, attrs) => {
      const axis = normal((attrs as unknown as { axis: number }).axis, (dy as Tensor).rank);
      const parts = split(
        dy as Tensor,
        saved.map((x) => x.shape[axis] as number),
        axis,
      );
      return Object.fromEntries(parts.map((part, i) => [i, () => clone(part)]));
    },
  },
  {
    kernelName: "SplitV",
    gradFunc: (dy, _, attrs) => ({ x: () => concat(list(dy), (attrs as unknown as { axis: number }).axis) }),
  },
  {
    kernelName: "Pack",
    saveAllInputs: true,
    gradFunc: (dy, _, attrs) => {
      const parts = unstack(dy as Tensor, (attrs as unknown as { axis: number }).axis);
      return Object.fromEntries(parts.map((part, i) => [i, () => clone(part)]));
    },
  },
  {
    kernelName: "Unpack",
    gradFunc: (dy, _, attrs) => ({ value: () => stack(list(dy), (attrs as unknown as { axis: number }).axis) }),
  },
  {
    kernelName: "Slice",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => {
      const { begin } = attrs as unknown as { begin: number[] };
      const around = (x as Tensor).shape.map((d, i): [number, number] => {
        const start = begin[i] ?? 0;
        return [start, d - start - ((dy as Tensor).shape[i] as number)];
      });
      return { x: () => pad(dy as Tensor, around) };
    },
  },
  {
    kernelName: "PadV2",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => {
      const { paddings } = attrs as unknown as { paddings: [number, number][] };
      return {
        x: () =>
          slice(
            dy as Tensor,
            paddings.map(([before]) => before),
            (x as Tensor).shape,
          ),
      };
    },
  },
  {
    kernelName: "Tile",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => {
      const { reps } = attrs as unknown as { reps: number[] };
      const { shape } = x as Tensor;
      const folded = shape.flatMap((d, i) => [reps[i] as number, d]);
      const axes = shape.map((_, i) => 2 * i);
      return { x: () => reshape(sum(reshape(dy as Tensor, folded), axes), shape) };
    },
  },
  {
    kernelName: "Reverse",
    gradFunc: (dy, _, attrs) => ({ x: () => reverse(dy as Tensor, (attrs as unknown as { dims: number[] }).dims) }),
  },
  {
    kernelName: "Cumsum",
    gradFunc: (dy, _, attrs) => {
      const {
        axis,
        exclusive,
        reverse: reversed,
      } = attrs as unknown as { axis: number; exclusive: boolean; reverse: boolean };
      return { x: () => cumsum(dy as Tensor, axis, exclusive, !reversed) };
    },
  },
];

const normal = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
const list = (dy: Tensor | Tensor[]): Tensor[] => (Array.isArray(dy) ? dy : [dy]);
