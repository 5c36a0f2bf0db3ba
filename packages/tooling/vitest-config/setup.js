// Runs before each test file: a quiet tfjs on its reference backend.
import "@tensorflow/tfjs-backend-cpu";
import { env, ready, setBackend } from "@tensorflow/tfjs-core";

env().set("IS_TEST", true);
await setBackend("cpu");
await ready();
