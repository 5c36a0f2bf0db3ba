export { dataloader } from "./dataloader.js";
