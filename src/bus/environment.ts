import { layered, type Tree, treeOf } from './layers.ts';

/** An environment variable that configures a bus. */
export interface EnvironmentVariable {
  readonly variable: string;
  /** The option that it sets, as a path: `publish.full`. */
  readonly option: string;
  /** Reads its text; what can't be read stays text, which the option's own check refuses. */
  readonly parse: (text: string) => unknown;
  /** What it takes, where that is written otherwise than the option. */
  readonly takes?: string;
}

const text = (value: string): unknown => value;

function number(value: string): unknown {
  const read = Number(value);
  return value.trim() === '' || Number.isNaN(read) ? value : read;
}

function flag(value: string): unknown {
  return { true: true, '1': true, false: false, '0': false }[value.toLowerCase()] ?? value;
}

/** One number for every tier, or `critical=64,low=512`. */
function tiers(value: string): unknown {
  if (!value.includes('=')) return number(value);
  const pairs = value.split(',').map((pair) => pair.split('='));
  return Object.fromEntries(pairs.map(([tier = '', amount = '']) => [tier.trim(), number(amount)]));
}

const TIERS = 'for every tier, or for some as in critical=1,low=5';

/** Every environment variable that is read, in the order of the options. An empty one counts as absent. */
export const ENVIRONMENT: readonly EnvironmentVariable[] = [
  { variable: 'SLUICE_PRESET', option: 'preset', parse: text },
  { variable: 'SLUICE_URL', option: 'store', parse: text },
  { variable: 'SLUICE_NAMESPACE', option: 'namespace', parse: text },
  { variable: 'SLUICE_NAME', option: 'name', parse: text },
  { variable: 'SLUICE_CONNECTIONS', option: 'connections', parse: number },
  { variable: 'SLUICE_MAX_PAYLOAD_BYTES', option: 'maxPayloadBytes', parse: number },
  { variable: 'SLUICE_PARTITIONS', option: 'partitions', parse: number },
  { variable: 'SLUICE_RECORDS', option: 'records', parse: text },
  { variable: 'SLUICE_COMPRESSION', option: 'compression', parse: text },
  { variable: 'SLUICE_MESSAGES_PER_ENTRY', option: 'messagesPerEntry', parse: number },
  { variable: 'SLUICE_DURABILITY', option: 'durability', parse: text },
  { variable: 'SLUICE_BUFFER_BYTES', option: 'publish.bufferBytes', parse: number },
  { variable: 'SLUICE_FULL', option: 'publish.full', parse: text },
  { variable: 'SLUICE_LINGER_MS', option: 'publish.linger', parse: tiers, takes: `ms from 0, ${TIERS}` },
  { variable: 'SLUICE_MAX_BATCH', option: 'publish.maxBatch', parse: number },
  { variable: 'SLUICE_PUBLISH_TIMEOUT_MS', option: 'publish.timeoutMs', parse: number },
  { variable: 'SLUICE_IDEMPOTENCY_MS', option: 'publish.idempotencyMs', parse: number },
  { variable: 'SLUICE_IDEMPOTENCY_IDS', option: 'publish.idempotencyIds', parse: number },
  { variable: 'SLUICE_CREDIT', option: 'consume.credit', parse: tiers, takes: `a whole number from 1, ${TIERS}` },
  { variable: 'SLUICE_LEASE_MS', option: 'consume.leaseMs', parse: number },
  { variable: 'SLUICE_WAIT_MS', option: 'consume.waitMs', parse: number },
  { variable: 'SLUICE_ATTEMPTS', option: 'consume.attempts', parse: number },
  { variable: 'SLUICE_BACKOFF_INITIAL_MS', option: 'consume.backoff.initialMs', parse: number },
  { variable: 'SLUICE_BACKOFF_MAX_MS', option: 'consume.backoff.maxMs', parse: number },
  { variable: 'SLUICE_RECONNECT_MAX_MS', option: 'reconnect.maxMs', parse: number },
  { variable: 'SLUICE_GIVE_UP_AFTER_MS', option: 'reconnect.giveUpAfterMs', parse: number },
  { variable: 'SLUICE_RETENTION_MAX_ENTRIES', option: 'retention.maxEntries', parse: number },
  { variable: 'SLUICE_RETENTION_MAX_AGE_MS', option: 'retention.maxAgeMs', parse: number },
  { variable: 'SLUICE_RETENTION_MAX_BYTES', option: 'retention.maxBytes', parse: number },
  { variable: 'SLUICE_RETENTION_EVERY_MS', option: 'retention.everyMs', parse: number },
  { variable: 'SLUICE_GROUPS_EXPIRE_AFTER_MS', option: 'groups.expireAfterMs', parse: number },
  { variable: 'SLUICE_GROUPS_WHEN_OWING', option: 'groups.whenOwing', parse: text },
  { variable: 'SLUICE_DEAD_LETTERS_MAX_AGE_MS', option: 'deadLetters.maxAgeMs', parse: number },
  { variable: 'SLUICE_DEAD_LETTERS_MAX_ENTRIES', option: 'deadLetters.maxEntries', parse: number },
  { variable: 'SLUICE_TRACING', option: 'tracing.enabled', parse: flag },
  { variable: 'SLUICE_TRACING_STAGES', option: 'tracing.stages', parse: flag },
];

/** An environment, as far as it concerns a bus. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says, unchecked. */
export function readEnvironment(env: Environment): Tree {
  return ENVIRONMENT.reduce<Tree>((tree, { variable, option, parse }) => {
    const value = env[variable];
    return value ? layered(tree, treeOf(option.split('.'), parse(value))) : tree;
  }, {});
}

/** The variable that sets an option, or the group that it is in. */
export function variableOf(path: readonly string[]): EnvironmentVariable {
  const option = path.join('.');
  const found = ENVIRONMENT.find((entry) => option === entry.option || option.startsWith(`${entry.option}.`));
  if (found) return found;
  throw new Error(`no environment variable sets ${option}`);
}
