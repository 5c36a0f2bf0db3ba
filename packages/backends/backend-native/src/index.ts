export { type Addon, nativeMachine, registerNativeBackend } from "./native.js";
