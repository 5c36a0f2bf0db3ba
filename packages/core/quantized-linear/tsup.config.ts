import { packageConfig } from "@llm/tsup-config";

export default packageConfig();
