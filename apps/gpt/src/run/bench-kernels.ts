// `llm bench kernels`: each kernel at the shapes of training and generation, against the machine's limits.

import { MachineBackend, startKernelProfile } from "@llm/kernels";
import { backend, dispose, getBackend, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { UserError } from "../ui/error.js";
import { type KernelCase, kernelCases } from "./kernel-cases.js";

/** The machine's limits, measured by loops that do nothing else. */
export interface MachineLimits {
  /** Float operations a second of independent float32 multiply-adds on all threads. */
  peakFlops: number;
  /** Bytes a second, read and written together, of a copy that does not fit in the caches. */
  copyBandwidth: number;
  /** Bytes a second of a sum that does not fit in the caches. */
  readBandwidth: number;
}

/** One kernel's median over its calls. */
export interface KernelRate {
  kernel: string;
  case: string;
  milliseconds: number;
  flopsPerSecond?: number;
  bytesPerSecond: number;
}

/** What `llm bench kernels --json` prints. */
export interface KernelBench {
  backend: string;
  isa: string;
  threads: number;
  limits: MachineLimits;
  kernels: KernelRate[];
}

const LEAST_CALLS = 5;
const LEAST_MS = 150;

/** Times every kernel of the active backend whose name or shapes contain `only`. */
export function benchKernels(only = ""): KernelBench {
  const active = backend();
  if (!(active instanceof MachineBackend)) {
    throw new UserError(`bench kernels measures the backends native and simd; the active one is ${getBackend()}`);
  }
  const { isa, threads } = active.machine;
  const limits = measureLimits(active);
  const kernels = kernelCases()
    .filter(({ title, kernels }) => `${kernels.join(" ")} ${title}`.includes(only))
    .flatMap(rates);
  return { backend: getBackend(), isa, threads, limits, kernels };
}

/** Runs a case until enough is measured; one entry for each kernel that it runs. */
function rates({ title, inputs, run, kernels }: KernelCase): KernelRate[] {
  const tensors = inputs();
  const samples = new Map<string, KernelRate[]>();
  const began = performance.now();
  for (let calls = 0; calls < LEAST_CALLS || performance.now() - began < LEAST_MS; calls++) {
    const stop = startKernelProfile();
    tidy(() => void run(...tensors));
    for (const [kernel, { milliseconds, flops, bytes, calls: times }] of stop()) {
      if (calls === 0 || !kernels.includes(kernel)) continue;
      const rate: KernelRate = {
        kernel,
        case: title,
        milliseconds: milliseconds / times,
        bytesPerSecond: perSecond(bytes, milliseconds),
      };
      if (flops > 0) rate.flopsPerSecond = perSecond(flops, milliseconds);
      samples.set(kernel, [...(samples.get(kernel) ?? []), rate]);
    }
  }
  dispose(tensors as Tensor[]);
  return [...samples.values()].map((each) => {
    each.sort((a, b) => a.milliseconds - b.milliseconds);
    return each[each.length >> 1] as KernelRate;
  });
}

const perSecond = (amount: number, milliseconds: number): number => (1000 * amount) / milliseconds;

function measureLimits(machine: MachineBackend): MachineLimits {
  const best = (run: () => number): number => {
    const rates = Array.from({ length: 5 }, () => {
      const began = performance.now();
      const amount = run();
      return perSecond(amount, performance.now() - began);
    });
    return Math.max(...rates);
  };
  const floats = 2 ** 26;
  const [a, b] = [machine.output([floats]), machine.output([floats])];
  const first = (): number => (machine.view(b.info) as Float32Array)[0] as number;
  for (const { info } of [a, b]) machine.view(info).fill(1); // memory that nobody wrote to is not there yet
  const limits = {
    peakFlops: best(() => {
      machine.call("peak_fma", b.address, 5_000_000);
      return first();
    }),
    copyBandwidth: best(() => {
      machine.call("copy_floats", a.address, b.address, floats);
      return 8 * floats;
    }),
    readBandwidth: best(() => {
      machine.call("read_floats", a.address, b.address, floats);
      return 4 * floats;
    }),
  };
  for (const { info } of [a, b]) machine.disposeData(info.dataId);
  return limits;
}

/** The result for people. */
export function describeKernels({ backend: name, isa, threads, limits, kernels }: KernelBench): string {
  const giga = (x: number): string => (x / 1e9).toFixed(x < 1e11 ? 1 : 0);
  const share = (x: number | undefined, limit: number): string => (x ? `${((100 * x) / limit).toFixed(0)} %` : "");
  const line = (cells: string[]): string =>
    cells.map((cell, i) => (i < 2 ? cell.padEnd(i === 0 ? 24 : 30) : cell.padStart(10))).join("");
  return [
    `${name} (${isa}, ${threads} threads): multiply-add peak ${giga(limits.peakFlops)} GFLOP/s, copy ${giga(limits.copyBandwidth)} GB/s, ` +
      `read ${giga(limits.readBandwidth)} GB/s`,
    line(["kernel", "shapes", "ms", "GFLOP/s", "of peak", "GB/s", "of copy"]),
    ...kernels.map((each) =>
      line([
        each.kernel,
        each.case,
        each.milliseconds.toFixed(3),
        each.flopsPerSecond ? giga(each.flopsPerSecond) : "",
        share(each.flopsPerSecond, limits.peakFlops),
        giga(each.bytesPerSecond),
        share(each.bytesPerSecond, limits.copyBandwidth),
      ]),
    ),
  ].join("\n");
}
