import { compilePattern, literalPrefix, type TopicMatcher } from '../core/pattern.ts';

/** Which topics live in which stream. */
export interface StreamBinding {
  /** Globs over topics. */
  readonly patterns: readonly string[];
}

/** Where replies to requests go; they are short-lived and many, so they share no stream with anything else. */
export const REPLY_PREFIX = '_sluice.reply.';
const REPLIES = 'replies.0';
const MAIN = 'main.0';
const REMEMBERED = 10_000;

interface Binding {
  readonly stream: string;
  readonly patterns: readonly string[];
  readonly matchers: readonly TopicMatcher[];
}

/** Maps topics to streams by the first binding that matches; everything else lives in `main`. */
export class StreamMap {
  private readonly bindings: readonly Binding[];
  private readonly known = new Map<string, string>();

  /** @throws {InvalidPatternError} naming the pattern */
  constructor(bindings: Readonly<Record<string, StreamBinding>> = {}) {
    this.bindings = Object.entries(bindings).map(([name, { patterns }]) => ({
      stream: `${name}.0`,
      patterns,
      matchers: patterns.map(compilePattern),
    }));
  }

  /** The stream that a topic lives in. */
  streamOf(topic: string): string {
    const known = this.known.get(topic);
    if (known !== undefined) return known;
    if (this.known.size >= REMEMBERED) this.known.clear();
    const stream = this.find(topic);
    this.known.set(topic, stream);
    return stream;
  }

  /** The streams that may hold a topic that matches: more than need be, never fewer. */
  streamsOf(pattern: string): readonly string[] {
    const prefix = literalPrefix(pattern);
    if (prefix === pattern) return [this.streamOf(pattern)];
    const bound = this.bindings.filter(({ patterns }) =>
      patterns.some((other) => mayMeet(prefix, literalPrefix(other))),
    );
    return [MAIN, ...bound.map(({ stream }) => stream)];
  }

  private find(topic: string): string {
    if (topic.startsWith(REPLY_PREFIX)) return REPLIES;
    return this.bindings.find(({ matchers }) => matchers.some((matches) => matches(topic)))?.stream ?? MAIN;
  }
}

/** Whether some topic could begin with both. */
function mayMeet(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}
