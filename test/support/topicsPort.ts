import type { Subscription } from 'rxjs';
import { memoryStore } from '../../src/adapters/memory/index.ts';
import { Codecs } from '../../src/core/codecs.ts';
import type { Notice } from '../../src/core/notice.ts';
import { type Priority, perPriority } from '../../src/core/priority.ts';
import type { StoreRecord, StreamStore } from '../../src/core/store.ts';
import type { TopicsPort } from '../../src/sources/fromTopics.ts';
import type { RunningSource } from '../../src/sources/runningSource.ts';

export const STREAM = 'main.0';

/** A port over one stream of a memory store, and what happened to it. */
export class TestTopics {
  readonly notices: Notice[] = [];
  readonly readers: RunningSource[] = [];
  private consumers = 0;

  constructor(readonly store: StreamStore = memoryStore()) {}

  port(overrides: Partial<TopicsPort> = {}): TopicsPort {
    return {
      store: this.store,
      codecs: new Codecs(),
      streamsOf: () => [STREAM],
      credit: perPriority(() => 10),
      leaseMs: 900,
      waitMs: 500,
      consumerName: () => `consumer-${++this.consumers}`,
      notify: (notice) => this.notices.push(notice),
      started: (reader) => this.readers.push(reader),
      ...overrides,
    };
  }

  /** Appends data as JSON, one record each. */
  append(data: readonly unknown[], options: Partial<StoreRecord> = {}): Subscription {
    return this.store
      .append(
        STREAM,
        data.map((item) => record(item, options)),
      )
      .subscribe();
  }

  /** The dead letters' error names, oldest first. */
  deadLetters(): readonly string[] {
    const names: string[] = [];
    this.store
      .deadLetters(STREAM, { count: 100 })
      .subscribe((letters) => names.push(...letters.map((letter) => letter.error.name)));
    return names;
  }

  /** How many entries a group holds unsettled. */
  pending(group: string): number {
    let pending = -1;
    this.store.stats(STREAM).subscribe((stats) => {
      pending = stats.groups.find(({ name }) => name === group)?.pending ?? -1;
    });
    return pending;
  }
}

export function record(data: unknown, options: Partial<StoreRecord> = {}): StoreRecord {
  const priority: Priority = 'normal';
  return { priority, topic: 'a.b', payload: JSON.stringify(data), type: '', encoding: 'json', meta: '', ...options };
}
