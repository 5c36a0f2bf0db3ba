import { constant, cosine, linear, type Schedule, wsd } from "@llm/lr-schedule";
import type { OptimizationConfig } from "../config/schema.js";

/** The learning rate by step that a configuration asks for. */
export function scheduleOf({ schedule, learningRate, minLearningRate, warmup, steps }: OptimizationConfig): Schedule {
  const peak = learningRate;
  const min = Math.min(minLearningRate, peak);
  const shape = { peak, min, warmup: Math.min(warmup, steps), total: steps };
  switch (schedule) {
    case "cosine":
      return cosine(shape);
    case "linear":
      return linear(shape);
    case "wsd":
      return wsd({ ...shape, decay: Math.round(steps / 5) });
    case "constant":
      return constant({ peak, warmup: shape.warmup });
  }
}
