import { packageConfig } from "@llm/tsup-config";

export default packageConfig({ entry: ["src/index.ts", "src/chinese.ts", "src/html-entities.ts"] });
