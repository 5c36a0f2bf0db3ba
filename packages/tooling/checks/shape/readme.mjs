// README.md: the same sections everywhere, so that a reader finds the way.

import { join } from "node:path";
import { exportedNames } from "./exports.mjs";
import { readIf } from "./files.mjs";

const SECTIONS = ["What is this?", "When should I use this?", "Install", "Use", "API", "Numerics", "Related"];
const TFJS = "@tensorflow/tfjs-core";

export function checkReadme({ path, manifest, report }) {
  const text = readIf(join(path, "README.md"));
  if (text === undefined)
    return report("README.md", "is missing", `write one with the sections ${SECTIONS.join(" · ")}`);
  const { title, lead, sections } = parse(text);
  if (title !== manifest.name) report("README.md", `its title is "${title}"`, `start with "# ${manifest.name}"`);
  if (!lead || lead.startsWith("One sentence:"))
    report("README.md", "says nothing below its title", "say the idea in one sentence");
  checkSections(sections, report);
  const install = sections.get("Install") ?? "";
  for (const name of [manifest.name, ...(manifest.peerDependencies?.[TFJS] ? [TFJS] : [])]) {
    if (install && !install.includes(name))
      report("README.md", `"Install" does not install ${name}`, `write npm install … ${name}`);
  }
  if (!/^```ts( needs=\w+)?$/m.test(text))
    report("README.md", "has no `ts` fence that runs", "show the use in a ```ts fence with claims: f(0); // => 1");
  for (const name of exportedNames(path)) {
    if (!new RegExp(`\\b${name}\\b`).test(text))
      report("README.md", `does not mention the export ${name}`, 'name it under "API"');
  }
}

function checkSections(sections, report) {
  const there = [...sections.keys()].filter((section) => SECTIONS.includes(section));
  for (const section of SECTIONS) {
    if (!sections.has(section)) report("README.md", `the section "${section}" is missing`, `add "## ${section}"`);
    else if (!sections.get(section)) report("README.md", `the section "${section}" is empty`, "fill it");
  }
  const wanted = SECTIONS.filter((section) => there.includes(section));
  if (there.join() !== wanted.join())
    report(
      "README.md",
      `its sections stand in the order ${there.join(" · ")}`,
      `put them in the order ${wanted.join(" · ")}`,
    );
}

/** Title, the text before the first section, and section → text. Headings inside of fences are text. */
function parse(text) {
  const sections = new Map();
  let title;
  let lead = "";
  let current;
  let fenced = false;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    const [, level, heading] = (!fenced && /^(##?) (.*)$/.exec(line)) || [];
    if (level === "#" && title === undefined) title = heading.trim();
    else if (level === "##") {
      current = heading.trim();
      sections.set(current, "");
    } else if (current === undefined) lead += `${line}\n`;
    else sections.set(current, `${sections.get(current)}${line}\n`);
  }
  for (const [section, body] of sections) sections.set(section, body.trim());
  return { title, lead: lead.trim(), sections };
}
