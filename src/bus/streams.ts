import { literalPrefix } from '../core/pattern.ts';
import type { PartitionCounts } from '../core/store.ts';
import { TopicIndex } from '../core/topicIndex.ts';
import type { DurabilityConfig } from './durabilities.ts';
import { Partitions } from './partitions.ts';
import type { RecordForm } from './recordForms.ts';
import type { RetentionBounds } from './retentionBounds.ts';

/** Which topics live in which stream, in which form, how safe, and for how long. */
export interface StreamBinding extends RecordForm, DurabilityConfig {
  /** Globs over topics. */
  readonly patterns: readonly string[];
  /** How many logs it is spread over, from 1 to 1_024: messages of one key go to the same. @default 1 */
  readonly partitions?: number;
  /** What is kept of it. @default the bus's `retention`, bound by bound */
  readonly retention?: RetentionBounds;
}

/** Where replies to requests go; they are short-lived and many, so they share no stream with anything else. */
export const REPLY_PREFIX = '_sluice.reply.';

interface Binding {
  readonly stream: Partitions;
  /** What the topics of each of its patterns begin with. */
  readonly prefixes: readonly string[];
}

/** Maps topics to streams by the first binding that matches; everything else lives in `main`. */
export class StreamMap {
  private readonly bindings: readonly Binding[];
  private readonly main: Partitions;
  private readonly replies = new Partitions('replies');
  private readonly index: TopicIndex;
  /** By number of a pattern: the stream that it is bound to. */
  private readonly homes: readonly Partitions[];

  /**
   * @param partitions how many `main` has
   * @throws {InvalidPatternError} naming the pattern
   */
  constructor(bindings: Readonly<Record<string, StreamBinding>> = {}, partitions = 1) {
    this.main = new Partitions('main', partitions);
    const bound = Object.entries(bindings).map(([name, binding]) => ({
      stream: new Partitions(name, binding.partitions),
      patterns: binding.patterns,
    }));
    this.bindings = bound.map(({ stream, patterns }) => ({ stream, prefixes: patterns.map(literalPrefix) }));
    this.homes = bound.flatMap(({ stream, patterns }) => patterns.map(() => stream));
    this.index = new TopicIndex(bound.flatMap(({ patterns }) => patterns));
  }

  /** The partition that a message of a topic, and of a key if it has one, goes to. */
  streamOf(topic: string, key?: string): string {
    return this.homeOf(topic).of(key);
  }

  /** The partitions that may hold a topic that matches: more than need be, never fewer. */
  streamsOf(pattern: string): readonly string[] {
    const prefix = literalPrefix(pattern);
    if (prefix === pattern) return this.homeOf(pattern).names;
    const bound = this.bindings.filter(({ prefixes }) => prefixes.some((other) => mayMeet(prefix, other)));
    return [this.main, ...bound.map(({ stream }) => stream)].flatMap(({ names }) => names);
  }

  /** The partitions of a stream by its name; a partition may be named too. */
  partitionsOf(stream: string): readonly string[] {
    const all = [this.main, this.replies, ...this.bindings.map((binding) => binding.stream)];
    const named = all.find((each) => each.stream === stream)?.names;
    if (named) return named;
    return all.some(({ names }) => names.includes(stream)) ? [stream] : [`${stream}.0`];
  }

  /** Every stream, and the names of its partitions. */
  get all(): ReadonlyMap<string, readonly string[]> {
    const streams = [this.main, this.replies, ...this.bindings.map((binding) => binding.stream)];
    return new Map(streams.map(({ stream, names }) => [stream, names]));
  }

  /** How many partitions each stream has. */
  get counts(): PartitionCounts {
    const all = [this.main, ...this.bindings.map(({ stream }) => stream)];
    return Object.fromEntries(all.map(({ stream, names }) => [stream, names.length]));
  }

  private homeOf(topic: string): Partitions {
    if (topic.startsWith(REPLY_PREFIX)) return this.replies;
    const [first] = this.index.find(topic);
    return first === undefined ? this.main : (this.homes[first] as Partitions);
  }
}

/** Whether some topic could begin with both. */
function mayMeet(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}
