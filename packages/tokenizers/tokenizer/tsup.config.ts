import { packageConfig } from "@llm/tsup-config";

export default packageConfig({ entry: ["src/index.ts", "src/node.ts"] });
