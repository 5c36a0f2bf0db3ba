import { type Cut, expression } from "@llm/pretokenize";
export function regex(source: string): Cut {
  return expression(new RegExp(source.replaceAll("\\s", "\\p{White_Space}").replaceAll("\\S","\\P{White_Space}"), "u"));
}
