// Modules of Node without an import of them: bundlers for browsers would stumble over it.

interface NodeProcess {
  versions?: { node?: string };
  env: Record<string, string | undefined>;
  getBuiltinModule<T>(name: string): T;
}

/** Node's `process`; undefined in a browser. */
export function nodeProcess(): NodeProcess | undefined {
  const { process } = globalThis as { process?: NodeProcess };
  return process?.versions?.node ? process : undefined;
}

/** A module of Node, by name. Only where `nodeProcess()` is there. */
export function nodeModule<T>(name: string): T {
  return (nodeProcess() as NodeProcess).getBuiltinModule<T>(name);
}
