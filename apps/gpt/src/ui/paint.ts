// Colours, where somebody looks: none in a pipe.

import colors from "picocolors";

const on = process.stdout.isTTY === true;

export const blue = (text: string): string => (on ? colors.blue(text) : text);
export const dim = (text: string): string => (on ? colors.dim(text) : text);
