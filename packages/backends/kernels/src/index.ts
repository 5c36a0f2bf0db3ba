export { MachineBackend, type Output } from "./backend.js";
export { type Binding, binding, type Call, registerMachine } from "./binding.js";
export { bindings } from "./bindings/index.js";
export type { Block, Machine } from "./machine.js";
export { type KernelProfile, profileKernels, startKernelProfile } from "./profile.js";
