// Typed arrays that grow by doubling: pushing n elements one by one copies at most 2 n.

type Growable = Int32Array | Float64Array | Uint8Array;

/** `array` if it holds `size` elements, else a copy of it that holds at least twice as many as before. */
export function grow<A extends Growable>(array: A, size: number): A {
  if (size <= array.length) return array;
  const larger = new (array.constructor as new (n: number) => A)(Math.max(size, array.length * 2));
  larger.set(array);
  return larger;
}
