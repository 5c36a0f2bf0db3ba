export { lrSchedule } from "./lr-schedule.js";
