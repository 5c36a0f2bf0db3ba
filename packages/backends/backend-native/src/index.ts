export { nativeMachine, registerNativeBackend } from "./native.js";
