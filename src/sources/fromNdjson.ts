import type { Readable } from 'node:stream';
import { asyncScheduler, Observable } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { InvalidOptionError, toError } from '../core/errors.ts';
import type { Message } from '../core/message.ts';
import { chained } from '../internal/graph.ts';
import { failurePolicy } from './failurePolicy.ts';
import { AsyncIterableInput } from './local/asyncIterableInput.ts';
import type { LocalInput } from './local/localInput.ts';
import { checkCredit, type LocalOptions } from './local/localOptions.ts';
import { LocalSource } from './local/localSource.ts';
import { messageMaker } from './local/messageOptions.ts';
import { type OnReject, rejections } from './local/rejections.ts';
import { fileOf } from './ndjson/fileOf.ts';
import type { Line } from './ndjson/line.ts';
import { LineInput } from './ndjson/lineInput.ts';
import { lineReader } from './ndjson/lineReader.ts';
import { PacedInput } from './ndjson/pacedInput.ts';
import { streamChunks } from './ndjson/streamChunks.ts';
import { type TimeOption, timeReader } from './ndjson/timeReader.ts';

/** What becomes of a line that is no JSON, not UTF-8, too long, or lacks its time. */
export type OnBadLine = 'reject' | 'error' | 'skip';

export interface FromNdjsonOptions<T> extends LocalOptions<T> {
  /** @default the path; `ndjson` for a stream */
  readonly name?: string;
  /** @default the file's name without its extensions */
  readonly topic?: LocalOptions<T>['topic'] & {};
  /** 1 as recorded, 10 ten times faster, Infinity as fast as credit allows. @default Infinity */
  readonly speed?: number;
  /**
   * When a line was recorded: ms since the epoch from a function, or the field that holds them or an ISO 8601 text.
   * Becomes the message's time. Required when `speed` is finite. @default the time of reading
   */
  readonly time?: TimeOption<T>;
  /**
   * `'reject'` gives it to `onReject` with a `BadLineError` that names file and line, `'error'` ends the source with
   * that error, `'skip'` passes over it.
   * @default 'reject'
   */
  readonly onBadLine?: OnBadLine;
  /** The longest line. @default 1_048_576 */
  readonly maxLineBytes?: number;
  /** Takes what was rejected; of a bad line, its text. @default a warning for each (`SLUICE_REJECTED`) */
  readonly onReject?: OnReject<T | string>;
}

const ON_BAD_LINE: readonly OnBadLine[] = ['reject', 'error', 'skip'];

/**
 * Plays a recorded file: each line of JSON a delivery. Reads newline-delimited JSON in UTF-8, `.gz` and `.zst` too.
 * What the lines hold is taken as `T`, not checked: `validate` does that.
 *
 *     recorded at:              a: 0   b: 2000   c: 3000 ms
 *     fromNdjson, speed 1000:   a-b(c|)
 *
 * A value is given out as long after the first as it was recorded after it, divided by `speed`; one that credit has made
 * late is given out at once. Empty lines are passed over.
 *
 * Order: the file's; what is retried comes later. Memory: `credit` deliveries and one chunk of the file; the file is read
 * only as credit comes back. Settlement: local, as in `fromObservable`; completes once every line is settled.
 * Unsubscribing closes the file, or destroys the stream. Errors: `FileReadError`, once what was given out is settled.
 *
 * @example
 * fromNdjson('ticks.ndjson.gz', { topic: 'market.ticks', speed: 60, time: 'ts' }).pipe(handle(onTick));
 *
 * @throws {InvalidOptionError} if an option is out of its bounds, or `speed` is finite without `time`
 * @throws {InvalidTopicError} if a fixed topic, or the file's name in its stead, can't be published to
 */
export function fromNdjson<T = unknown>(
  file: string | URL | Readable,
  options: FromNdjsonOptions<T> = {},
): Observable<Delivery<T>> {
  const recorded = fileOf(file);
  const { name = recorded.name, topic = recorded.topic, credit = 256, scheduler = asyncScheduler } = options;
  const { speed = Infinity, time, onBadLine = 'reject', maxLineBytes = 1_048_576, onReject } = options;
  check(speed, time, onBadLine, maxLineBytes);
  const timeOf = time === undefined ? undefined : timeReader(time);
  const common = { name, credit: checkCredit(credit), judge: failurePolicy(options), scheduler };
  const make = messageMaker({ ...options, topic }, name);
  const rejected = rejections(name, onReject);

  const newInput = (): LocalInput<Line<T>> => {
    const chunks = new AsyncIterableInput(streamChunks(name, recorded.open));
    const lines = new LineInput(chunks, lineReader({ name, maxLineBytes, timeOf }), maxLineBytes);
    return speed === Infinity ? lines : new PacedInput(lines, { timeOf: timeOfLine, speed, scheduler });
  };
  const message = (line: Line<T>): Message<T> | undefined => {
    if ('fault' in line) return bad(line.text, line.fault);
    try {
      return make({ data: line.data, id: line.place, time: line.time ?? scheduler.now() });
    } catch (cause) {
      rejected({ data: line.data, error: toError(cause), what: line.place });
      return undefined;
    }
  };
  const bad = (text: string, error: Error): undefined => {
    if (onBadLine === 'error') throw error;
    if (onBadLine === 'reject') rejected({ data: text, error, what: 'a line' });
  };
  const source = new Observable<Delivery<T>>((subscriber) => {
    new LocalSource({ ...common, message, rejected }, newInput(), subscriber).start();
  });
  return chained(source, [{ kind: 'source', name: 'fromNdjson', attributes: { name, credit, speed } }]);
}

function timeOfLine(line: Line<unknown>): number | undefined {
  return 'fault' in line ? undefined : line.time;
}

function check(speed: number, time: unknown, onBadLine: OnBadLine, maxLineBytes: number): void {
  if (!(speed > 0)) throw new InvalidOptionError('speed', speed, 'a number above 0, or Infinity');
  if (speed !== Infinity && time === undefined) {
    throw new InvalidOptionError(
      'time',
      time,
      'a field or a function when `speed` is finite: it says when to play a line',
    );
  }
  if (!ON_BAD_LINE.includes(onBadLine)) {
    throw new InvalidOptionError('onBadLine', onBadLine, `one of ${ON_BAD_LINE.join(', ')}`);
  }
  if (!Number.isSafeInteger(maxLineBytes) || maxLineBytes < 1) {
    throw new InvalidOptionError('maxLineBytes', maxLineBytes, 'a whole number from 1');
  }
}
