import type { BusConfig, PresetName } from './busConfig.ts';
import { at, layered, picked, type Tree } from './layers.ts';
import { PRESETS } from './presetValues.ts';

/** What a preset may be overridden with. */
export type PresetOverrides = Omit<BusConfig, 'preset'>;

/** A process on one's own machine: 5 connections, small buffers, every span, a lease that outlives a breakpoint. */
export function development(overrides: PresetOverrides = {}): BusConfig {
  return preset('development', overrides);
}

/** A service: 50 connections, larger buffers, a crash noticed in seconds, lower tiers gathered for a few ms. */
export function production(overrides: PresetOverrides = {}): BusConfig {
  return preset('production', overrides);
}

/** Throughput before all: 100 connections, large batches and credit, an hour's retention, no span for each stage. */
export function highFrequency(overrides: PresetOverrides = {}): BusConfig {
  return preset('highFrequency', overrides);
}

/**
 * What was given as an override, beside the preset's values: the environment stands between the two. A symbol, so that
 * it is no option; enumerable, so that `{ ...production(), name }` keeps it.
 */
const OVERRIDES = Symbol('sluice.overrides');

function preset(name: PresetName, overrides: PresetOverrides): BusConfig {
  const config = layered(PRESETS[name] as unknown as Tree, overrides as Tree);
  return Object.assign(config, { preset: name, [OVERRIDES]: overrides });
}

/** The part of a configuration that somebody wrote, without what a preset filled in. */
export function writtenPart(config: BusConfig): Tree {
  const overrides = (config as { [OVERRIDES]?: PresetOverrides })[OVERRIDES];
  if (!overrides || !config.preset) return config as Tree;
  const values = PRESETS[config.preset];
  return picked(config as Tree, (path, value) => at(overrides, path) !== undefined || value !== at(values, path));
}
