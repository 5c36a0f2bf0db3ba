export { checkStyle, type ResidualOptions, type ResidualStyle, residual } from "./residual.js";
