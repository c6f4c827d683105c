import { hostname } from 'node:os';
import { InvalidOptionError } from '../core/errors.ts';
import { perPriority } from '../core/priority.ts';
import type { BusConfig, PresetName } from './busConfig.ts';
import { configError, isAddress } from './configError.ts';
import { CONFIG_SCHEMA } from './configSchema.ts';
import type { DurabilityConfig } from './durabilities.ts';
import { type Environment, readEnvironment, variableOf } from './environment.ts';
import { at, layered, type Tree } from './layers.ts';
import { writtenPart } from './presets.ts';
import { PRESETS } from './presetValues.ts';
import type { PresetValues, ResolvedConfig } from './resolvedConfig.ts';
import { finite } from './retentionBounds.ts';
import { withoutSecrets } from './withoutSecrets.ts';

export type { BusConfig, PresetName } from './busConfig.ts';
export { ENVIRONMENT } from './environment.ts';
export type { ResolvedConfig } from './resolvedConfig.ts';

/**
 * Fills in a configuration: what is written in it, else what the environment says (see `ENVIRONMENT`), else the preset.
 * A string is the store's URL.
 *
 * @throws {InvalidOptionError} naming the option, or the environment variable, what it got and what it takes; never with
 * a password
 */
export function resolveConfig(input: string | BusConfig = {}, env: Environment = process.env): ResolvedConfig {
  const given: BusConfig = typeof input === 'string' ? { store: input } : input;
  check(given);
  const environment = readEnvironment(env);
  checkEnvironment(environment, env);
  const preset = given.preset ?? (environment['preset'] as PresetName | undefined) ?? 'development';
  const layers = [environment, writtenPart(given)].map(spread);
  const merged = layers.reduce(layered, { name: defaultName(), ...PRESETS[preset], preset } as Tree);
  return complete({ ...(merged as unknown as Merged), preset });
}

type Merged = PresetValues & Pick<ResolvedConfig, 'name' | 'preset'>;

function check(config: BusConfig): void {
  const issues = CONFIG_SCHEMA.safeParse(config).error?.issues;
  // A misspelt name says more than that the right one is missing.
  const issue = issues?.find(({ code }) => code === 'unrecognized_keys') ?? issues?.[0];
  if (issue) throw configError(issue, config);
}

function checkEnvironment(environment: Tree, env: Environment): void {
  const issue = CONFIG_SCHEMA.safeParse(environment).error?.issues[0];
  if (!issue) return;
  const path = issue.path.map(String);
  const { variable, takes = issue.message } = variableOf(path);
  throw new InvalidOptionError(variable, withoutSecrets(env[variable], isAddress(path)), takes);
}

/** A layer in which one number for every tier has become one a tier. */
function spread(layer: Tree): Tree {
  const linger = tiers(at(layer, ['publish', 'linger']));
  const credit = tiers(at(layer, ['consume', 'credit']));
  return layered(layer, { publish: { linger }, consume: { credit } });
}

function tiers(value: unknown): unknown {
  return typeof value === 'number' ? perPriority(() => value) : value;
}

function complete({ retention, groups, ...config }: Merged): ResolvedConfig {
  const { bufferBytes } = config.publish;
  if (bufferBytes < config.maxPayloadBytes) {
    throw new InvalidOptionError(
      'publish.bufferBytes',
      bufferBytes,
      `at least maxPayloadBytes, ${config.maxPayloadBytes}`,
    );
  }
  checkReplicas('', config);
  for (const [name, binding] of Object.entries(config.streams)) {
    checkReplicas(`streams.${name}.`, { ...config, ...binding });
  }
  const { everyMs, ...bounds } = retention;
  const { expireAfterMs, whenOwing } = groups;
  return {
    ...config,
    retention: { ...finite(bounds), everyMs },
    groups: { ...finite({ expireAfterMs }), whenOwing },
  };
}

function checkReplicas(path: string, { durability, replicas }: DurabilityConfig): void {
  if (durability !== 'replicated' || replicas !== 0) return;
  throw new InvalidOptionError(`${path}replicas`, 0, "a whole number from 1, since durability is 'replicated'");
}

function defaultName(): string {
  return `${hostname()
    .replace(/[^\w.:-]/g, '-')
    .slice(0, 100)}-${process.pid}`;
}
