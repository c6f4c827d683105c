import type { PerPriority } from '../core/priority.ts';
import type { TrimBounds } from '../core/store.ts';
import type {
  BusConfig,
  ConsumeConfig,
  DeadLettersConfig,
  GroupsConfig,
  PublishConfig,
  RetentionConfig,
  TracingConfig,
} from './busConfig.ts';

type Grouped = 'publish' | 'consume' | 'reconnect' | 'retention' | 'groups' | 'tracing';

/** A configuration with every default filled in. */
export interface ResolvedConfig extends Required<Omit<BusConfig, Grouped | 'replicas'>> {
  /** What was asked for; by default it depends on the durability. */
  readonly replicas?: number;
  readonly publish: Required<Omit<PublishConfig, 'linger'>> & { readonly linger: PerPriority<number> };
  readonly consume: Required<Omit<ConsumeConfig, 'credit' | 'backoff'>> & {
    readonly credit: PerPriority<number>;
    readonly backoff: Required<NonNullable<ConsumeConfig['backoff']>>;
  };
  readonly reconnect: Required<NonNullable<BusConfig['reconnect']>>;
  /** A bound that was Infinity is left out: it keeps all. */
  readonly retention: TrimBounds & Required<Pick<RetentionConfig, 'everyMs'>>;
  /** Without an end, a group never expires. */
  readonly groups: { readonly expireAfterMs?: number } & Required<Pick<GroupsConfig, 'whenOwing'>>;
  readonly deadLetters: Required<DeadLettersConfig>;
  readonly tracing: Required<TracingConfig>;
}

/** What every preset says: all but what is the application's own to say. */
export interface PresetValues extends Omit<ResolvedConfig, 'preset' | 'name' | 'retention' | 'groups'> {
  readonly groups: Required<GroupsConfig>;
  readonly retention: Required<RetentionConfig>;
}
