export { trainer } from "./trainer.js";
