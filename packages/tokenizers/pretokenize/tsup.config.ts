import { packageConfig } from "@llm/tsup-config";

export default packageConfig({ entry: { index: "src/index.ts", "regex/regex": "src/regex/regex.ts" } });
