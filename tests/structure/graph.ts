/** The file or folder right below a folder that a path leads through, without the extension of a file. */
export function childOf(folder: string, path: string): string {
  return (path.slice(folder.length + 1).split("/")[0] ?? "").replace(/\.m?[jt]s$/, "");
}

/** Every folder that a file is in, from the top. */
export function foldersAbove(file: string): string[] {
  const parts = file.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** One circle for each node that can reach itself by way of others, told as a path; nodes without arrows may be left out. */
export function circlesIn(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const done = new Set<string>();
  const walk = (node: string, path: readonly string[]): string[] => {
    if (path.includes(node)) return [[...path.slice(path.indexOf(node)), node].join(" -> ")];
    if (done.has(node)) return [];
    const circles = [...(graph.get(node) ?? [])].flatMap((next) => walk(next, [...path, node]));
    done.add(node);
    return circles;
  };
  return [...graph.keys()].flatMap((node) => walk(node, []));
}
