import { distance } from '../core/distance.ts';
import { at } from './layers.ts';
import { PRESETS } from './presetValues.ts';
import { DEFAULT_FORM } from './recordForms.ts';

/** Every option there is; a stream's own stands under `*`. */
const STREAM = { patterns: '', partitions: '', ...DEFAULT_FORM };
const OPTIONS = { preset: '', name: '', ...PRESETS.development, streams: { '*': STREAM } };

/** What other libraries call an option of ours. */
const ALIASES: Readonly<Record<string, string>> = {
  url: 'store',
  uri: 'store',
  host: 'store',
  redis: 'store',
  id: 'name',
};

/** The option that an unknown one was probably meant to be: the most alike by name, one of the same group before others. */
export function nearestOption(path: readonly string[], key: string): string {
  const group = path[0] === 'streams' && path.length > 1 ? ['streams', '*', ...path.slice(2)] : path;
  const alias = path.length === 0 ? ALIASES[key.toLowerCase()] : undefined;
  if (alias) return alias;
  const siblings = Object.keys(at(OPTIONS, group) ?? {}).map((name) => [...path, name]);
  const everywhere = pathsOf(OPTIONS, []).filter((option) => !option.includes('*'));
  const scored = [
    ...siblings.map((option) => ({ option, score: distance(key, option.at(-1) ?? '') })),
    ...everywhere.map((option) => ({ option, score: distance(key, option.at(-1) ?? '') + 0.5 })),
  ];
  return scored.reduce((best, next) => (next.score < best.score ? next : best)).option.join('.');
}

function pathsOf(tree: object, path: readonly string[]): readonly string[][] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const here = [...path, key];
    return typeof value === 'object' && !Array.isArray(value) ? [here, ...pathsOf(value, here)] : [here];
  });
}
