import type { PerPriority } from '../core/priority.ts';
import type { TrimBounds } from '../core/store.ts';
import type { BusConfig, ConsumeConfig, PublishConfig, RetentionConfig, TracingConfig } from './busConfig.ts';

/** A configuration with every default filled in. */
export interface ResolvedConfig
  extends Required<Omit<BusConfig, 'publish' | 'consume' | 'reconnect' | 'retention' | 'tracing'>> {
  readonly publish: Required<Omit<PublishConfig, 'linger'>> & { readonly linger: PerPriority<number> };
  readonly consume: Required<Omit<ConsumeConfig, 'credit' | 'backoff'>> & {
    readonly credit: PerPriority<number>;
    readonly backoff: Required<NonNullable<ConsumeConfig['backoff']>>;
  };
  readonly reconnect: Required<NonNullable<BusConfig['reconnect']>>;
  /** A bound that was Infinity is left out: it keeps all. */
  readonly retention: TrimBounds & Required<Pick<RetentionConfig, 'everyMs'>>;
  readonly tracing: Required<TracingConfig>;
}

/** What every preset says: all but what is the application's own to say. */
export interface PresetValues extends Omit<ResolvedConfig, 'preset' | 'name' | 'retention'> {
  readonly retention: Required<RetentionConfig>;
}
