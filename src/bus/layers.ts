/** A tree of options. */
export type Tree = Readonly<Record<string, unknown>>;

/** Options that look like groups and are taken whole. */
const WHOLE = ['store', 'streams', 'codecs'];

/** What `over` says, and where it says nothing, what `under` says. */
export function layered(under: Tree, over: Tree): Tree {
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const below = merged[key];
    merged[key] = isGroup(key, value) && isGroup(key, below) ? layered(below, value) : value;
  }
  return merged;
}

/** The part of a tree whose options `keep` wants. */
export function picked(
  tree: Tree,
  keep: (path: readonly string[], value: unknown) => boolean,
  path: readonly string[] = [],
): Tree {
  const entries = Object.entries(tree).flatMap(([key, value]): [string, unknown][] => {
    const here = [...path, key];
    if (isGroup(key, value)) return [[key, picked(value, keep, here)]];
    return keep(here, value) ? [[key, value]] : [];
  });
  return Object.fromEntries(entries);
}

/** What a path leads to. */
export function at(tree: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((node, key) => (node as Record<PropertyKey, unknown> | null | undefined)?.[key], tree);
}

/** A tree with one option. */
export function treeOf(path: readonly string[], value: unknown): Tree {
  return path.reduceRight((inner, key) => ({ [key]: inner }), value) as Tree;
}

function isGroup(key: string, value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !WHOLE.includes(key);
}
