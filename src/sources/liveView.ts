import { asyncScheduler, defer, from, merge, mergeMap, type Observable, repeat, retry, tap } from 'rxjs';
import { checkOptions, type OptionNames } from '../core/checkOptions.ts';
import type { Codecs } from '../core/codecs.ts';
import { toError } from '../core/errors.ts';
import type { Message } from '../core/message.ts';
import type { Notify } from '../core/notice.ts';
import { openBatch } from '../core/openedBatch.ts';
import { PRIORITIES } from '../core/priority.ts';
import type { Entry, ReadPage, ReadRequest, StreamStore } from '../core/store.ts';
import { checkStart } from './checkStart.ts';
import { type EntryFilter, openEntry } from './openEntry.ts';
import { isMeant, PartOpener } from './openPart.ts';
import { Patience, type ReconnectOptions } from './patience.ts';
import { topicFilter } from './topicFilter.ts';

export interface LiveViewOptions {
  /** Where the view begins. @default 'latest' */
  readonly from?: ReadRequest['from'];
}

const OPTION_NAMES: OptionNames<LiveViewOptions> = { from: true };

export interface LiveViewPort {
  readonly store: StreamStore;
  readonly codecs: Codecs;
  /** The streams that may hold what matches. */
  streamsOf(pattern: string): readonly string[];
  /** How long one read may wait, in ms. */
  readonly waitMs: number;
  readonly reconnect?: ReconnectOptions;
  readonly notify: Notify;
}

/** The most entries of one read. */
const PAGE = 500;

/**
 * Watches the topics that match a pattern, without a group: nothing is owed and nothing handed out again.
 *
 *     store:     a-b--------c-----
 *     liveView:  a-b--------c-----    never completes by itself
 *
 * Order: a tier's is the store's. Memory: one page of 500 messages. Settlement: none. A slow reader: the next page is
 * read when the subscriber has returned from the last message; what retention removes meanwhile is skipped. What can't
 * be decoded is skipped with a notice. While the store can't be reached, the view waits and then goes on where it was.
 *
 * @throws {InvalidPatternError | InvalidOptionError} at the call
 */
export function liveView(port: LiveViewPort, pattern: string, options: LiveViewOptions = {}): Observable<Message> {
  checkOptions('options', options, OPTION_NAMES);
  const { from: start = 'latest' } = options;
  const matches = topicFilter(pattern);
  if (!isCursor(start)) checkStart('from', start, ', or a { cursor }');
  const views = port.streamsOf(pattern).map((stream) => {
    const filter: EntryFilter = { stream, matches, codecs: port.codecs };
    return pages(port, stream, start).pipe(mergeMap((page) => from(messages(page.entries, filter, port.notify))));
  });
  return merge(...views);
}

function isCursor(start: unknown): boolean {
  const cursor = (start as { cursor?: Record<string, unknown> } | null)?.cursor;
  return PRIORITIES.every((priority) => typeof cursor?.[priority] === 'string');
}

function pages(port: LiveViewPort, stream: string, start: ReadRequest['from']): Observable<ReadPage> {
  return defer(() => {
    let where = start;
    const patience = new Patience(port.reconnect, asyncScheduler);
    return defer(() => port.store.read({ stream, from: where, count: PAGE, waitMs: port.waitMs })).pipe(
      retry({ delay: (cause) => waitAfter(toError(cause), patience, port.notify) }),
      tap((page) => {
        patience.mended();
        where = { cursor: page.cursor };
      }),
      repeat(),
    );
  });
}

function waitAfter(error: Error, patience: Patience, notify: Notify): Observable<unknown> {
  const message = `a live view stopped, trying again: ${error.message}`;
  return patience.failed(error, () => notify({ level: 'warn', code: 'STORE_RETRY', message, error }));
}

function* messages(entries: readonly Entry[], filter: EntryFilter, notify: Notify): Generator<Message> {
  for (const entry of entries) {
    if (entry.count !== undefined) {
      yield* messagesOf(entry, filter, notify);
      continue;
    }
    const message = attempt(() => openEntry(entry, filter), notify);
    if (message) yield message;
  }
}

function* messagesOf(entry: Entry, filter: EntryFilter, notify: Notify): Generator<Message> {
  const opened = attempt(() => isMeant(entry, filter) && openBatch(entry), notify);
  if (!opened) return;
  const opener = new PartOpener(entry, opened, filter);
  for (let index = 0; index < opened.count; index += 1) {
    const message = attempt(() => opener.open(index), notify);
    if (message) yield message;
  }
}

function attempt<T>(open: () => T, notify: Notify): T | undefined {
  try {
    return open();
  } catch (cause) {
    const error = toError(cause);
    notify({ level: 'warn', code: 'UNREADABLE', message: `a live view skipped a message: ${error.message}`, error });
    return undefined;
  }
}
