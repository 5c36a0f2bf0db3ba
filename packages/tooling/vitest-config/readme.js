/** Placeholder until the README plugin lands: no README is a test yet. */
export function readmeTests() {
  return { name: "readme-tests" };
}
