export { CheckpointError } from "./error.js";
export { bestCheckpoint, type FoundCheckpoint, latestCheckpoint, listCheckpoints } from "./find.js";
export { type LoadedCheckpoint, loadCheckpoint } from "./load.js";
export { type CheckpointContents, type SavedCheckpoint, type SaveOptions, saveCheckpoint } from "./save.js";
export type { CheckpointInfo, Json } from "./state.js";
