import { bindings, MachineBackend } from "@llm/kernels";
import { findBackend, getKernelsForBackend } from "@tensorflow/tfjs-core";
import type { Command } from "commander";
import { availableBackends, type Concrete } from "../backend.js";
import { printResult } from "../ui/output.js";

interface BackendReport {
  backend: Concrete;
  available: boolean;
  problem?: string;
  isa?: string;
  threads?: number;
  /** Kernels that run on the machine, and those of tfjs' CPU backend that stand in for the others. */
  own?: string[];
  fallback?: string[];
}

/** `llm backends`. */
export function addBackendsCommand(program: Command): void {
  program
    .command("backends")
    .summary("what can compute on this machine")
    .description("List the backends, whether each starts on this machine, and which of its kernels are accelerated.")
    .option("--kernels", "name the kernels")
    .option("--json", "print the result as JSON")
    .action(async ({ json, kernels }) => {
      const reports = [...(await availableBackends())].map(([backend, { problem }]) => report(backend, problem));
      printResult(json, reports, reports.map((each) => describe(each, kernels)).join("\n"));
    });
}

function report(name: Concrete, problem: string | undefined): BackendReport {
  if (problem !== undefined) return { backend: name, available: false, problem };
  const backend = findBackend(name);
  if (!(backend instanceof MachineBackend)) return { backend: name, available: true };
  const own = bindings.map((each) => each.name).sort();
  const fallback = getKernelsForBackend(name)
    .map(({ kernelName }) => kernelName)
    .filter((kernel) => !own.includes(kernel))
    .sort();
  return { backend: name, available: true, isa: backend.machine.isa, threads: backend.machine.threads, own, fallback };
}

function describe({ backend, problem, isa, threads, own, fallback }: BackendReport, named: boolean): string {
  const title = backend.padEnd(8);
  if (problem !== undefined) return `${title}no: ${problem}`;
  if (!own || !fallback) return `${title}yes`;
  const summary = `${title}yes: ${isa}, ${threads} threads, ${own.length} kernels of its own, ${fallback.length} of tfjs' CPU backend`;
  if (!named) return summary;
  return `${summary}\n  own:      ${own.join(" ")}\n  fallback: ${fallback.join(" ")}`;
}
