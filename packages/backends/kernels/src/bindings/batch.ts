// The batch dimensions of a matrix product, as the few that its kernel steps through.

/** Up to four dimensions, and the steps of both operands along them, in elements. */
export interface BatchGrid {
  size: number[];
  a: number[];
  b: number[];
  /** Whether the matrices of A follow each other. */
  dense: boolean;
}

const DIMENSIONS = 4;

/** The common batch dimensions of two shapes; undefined where they do not broadcast. */
export function batchOf(a: readonly number[], b: readonly number[]): number[] | undefined {
  const [p, q] = [a.slice(0, -2), b.slice(0, -2)];
  const rank = Math.max(p.length, q.length);
  const batch: number[] = [];
  for (let i = 0; i < rank; i++) {
    const [x, y] = [p[i - rank + p.length] ?? 1, q[i - rank + q.length] ?? 1];
    if (x !== y && x !== 1 && y !== 1) return undefined;
    batch.push(x === 1 ? y : x);
  }
  return batch;
}

/** Neighbors that both operands step through evenly become one dimension. Undefined where more than four remain. */
export function collapse(batch: readonly number[], a: readonly number[], b: readonly number[]): BatchGrid | undefined {
  const steps = { a: stepsOf(batch, a), b: stepsOf(batch, b) };
  const grid: BatchGrid = { size: [], a: [], b: [], dense: true };
  batch.forEach((size, i) => {
    if (size === 1) return;
    const [stepA, stepB] = [steps.a[i] as number, steps.b[i] as number];
    const last = grid.size.length - 1;
    const even = grid.a[last] === stepA * size && grid.b[last] === stepB * size;
    const at = last >= 0 && even ? last : last + 1;
    grid.size[at] = (at === last ? (grid.size[at] as number) : 1) * size;
    [grid.a[at], grid.b[at]] = [stepA, stepB];
  });
  grid.dense = grid.size.length === 0 || (grid.size.length === 1 && grid.a[0] !== 0);
  if (grid.size.length > DIMENSIONS) return undefined;
  while (grid.size.length < DIMENSIONS) {
    grid.size.push(1);
    grid.a.push(0);
    grid.b.push(0);
  }
  return grid;
}

/** How far a matrix is from its neighbor along each batch dimension: 0 where it is repeated. */
function stepsOf(batch: readonly number[], shape: readonly number[]): number[] {
  const missing = batch.length - (shape.length - 2);
  const steps = new Array<number>(batch.length).fill(0);
  let step = (shape.at(-1) as number) * (shape.at(-2) as number);
  for (let i = batch.length - 1; i >= missing; i--) {
    const size = shape[i - missing] as number;
    if (size !== 1) steps[i] = step;
    step *= size;
  }
  return steps;
}
