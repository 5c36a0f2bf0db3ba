// Tensors that belong together, by name: those of one layer, and outside of layers those of one module.
//
//   model.layers.3.self_attn.q_proj.weight → model.layers.3,   model.norm.weight → model.norm
//
// Formats fuse or split what is in one layer (query, key and value, for example), never across layers.

/** The group that a tensor is in. */
export function groupOf(name: string): string {
  return /^.*?\.\d+(?=\.)/.exec(name)?.[0] ?? name.replace(/\.[^.]*$/, "");
}

/** Names by group, in the order of their first. */
export function grouped(names: Iterable<string>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const group = groups.get(groupOf(name));
    if (group) group.push(name);
    else groups.set(groupOf(name), [name]);
  }
  return groups;
}
