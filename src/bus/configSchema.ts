import { z } from 'zod';
import { MOST_MESSAGES } from '../core/batchEncoding.ts';
import { toError } from '../core/errors.ts';
import { compilePattern } from '../core/pattern.ts';
import { PRIORITIES, perPriority } from '../core/priority.ts';
import { FULL, PRESET_NAMES, WHEN_OWING } from './busConfig.ts';
import { DURABILITIES } from './durabilities.ts';
import { isStore } from './isStore.ts';
import { COMPRESSIONS, RECORDS } from './recordForms.ts';

/*
 * Each check says what its option takes, as the end of the sentence `configError` makes: "publish.full is 'no': it takes …".
 */

function number(from: number, to = Infinity) {
  const takes = to === Infinity ? `a number from ${from}` : `a number from ${from} to ${to}`;
  return z.custom<number>((value) => Number.isFinite(value) && Number(value) >= from && Number(value) <= to, takes);
}

function whole(from: number, to = Infinity) {
  const takes = to === Infinity ? `a whole number from ${from}` : `a whole number from ${from} to ${to}`;
  return z.custom<number>(
    (value) => Number.isSafeInteger(value) && Number(value) >= from && Number(value) <= to,
    takes,
  );
}

function wholeOrInfinity(from: number) {
  const fits = (value: unknown) => value === Infinity || (Number.isSafeInteger(value) && Number(value) >= from);
  return z.custom<number>(fits, `a whole number from ${from}, or Infinity`);
}

function oneOf(values: readonly string[]) {
  return z.custom<string>((value) => values.includes(value as string), `one of ${values.join(', ')}`);
}

function group<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, `an object with some of ${Object.keys(shape).join(', ')}`).optional();
}

const flag = z.boolean('true or false').optional();
const LABEL = /^[\w.:-]{1,128}$/;
const label = z.custom<string>(
  (value) => typeof value === 'string' && LABEL.test(value),
  '1 to 128 letters, digits and . _ : -',
);
const streamName = z
  .string()
  .refine((name) => LABEL.test(name), '1 to 128 letters, digits and . _ : -')
  .refine((name) => name !== 'main' && name !== 'replies', "another name: 'main' and 'replies' are there already");

function eachTier(value: z.ZodType, takes: string) {
  const tiers = z.strictObject(perPriority(() => value.optional()));
  return z.union([value, tiers], `${takes}, or an object with that for some of ${PRIORITIES.join(', ')}`);
}

const pattern = z.custom<string>(isPattern, { error: ({ input }) => `a glob over topics: ${patternFault(input)}` });
const patterns = z.array(pattern, 'an array of globs over topics').min(1, 'at least one glob over topics');
const partitions = whole(1, 1_024).optional();
const codec = z.custom(isCodec, 'a codec: an object with `encoding`, `encode` and `decode`');

const messages = z.custom<number>(
  (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST_MESSAGES,
  `a whole number from 1 to ${MOST_MESSAGES}`,
);
const form = {
  records: oneOf(RECORDS).optional(),
  compression: oneOf(COMPRESSIONS).optional(),
  messagesPerEntry: messages.optional(),
};

/** Thirty days. */
const LONGEST_IDEMPOTENCY_MS = 2_592_000_000;

const bounds = {
  maxEntries: wholeOrInfinity(1).optional(),
  maxAgeMs: wholeOrInfinity(1).optional(),
  maxBytes: wholeOrInfinity(65_536).optional(),
};
const safety = { durability: oneOf(DURABILITIES).optional(), replicas: whole(0).optional() };

/** What a `BusConfig` may hold. */
export const CONFIG_SCHEMA = z.strictObject(
  {
    preset: oneOf(PRESET_NAMES).optional(),
    store: z
      .custom(
        isStore,
        "'memory', a URL such as redis://localhost:6379, rediss://…, unix:/path/to/socket, " +
          'redis+sentinel://host:26379,…/master or redis+cluster://host:6379,…, or a store',
      )
      .optional(),
    namespace: label.optional(),
    name: label.optional(),
    connections: whole(2).optional(),
    maxPayloadBytes: whole(1).optional(),
    codecs: z.array(codec, 'an array of codecs').optional(),
    partitions,
    ...form,
    ...safety,
    streams: z
      .record(
        streamName,
        z.strictObject(
          { patterns, partitions, ...form, ...safety, retention: group(bounds) },
          'an object with patterns',
        ),
        'an object with a stream for each name',
      )
      .optional(),
    publish: group({
      bufferBytes: whole(1).optional(),
      full: oneOf(FULL).optional(),
      linger: eachTier(number(0), 'ms from 0').optional(),
      maxBatch: whole(1).optional(),
      timeoutMs: whole(1).optional(),
      idempotencyMs: whole(0, LONGEST_IDEMPOTENCY_MS).optional(),
      idempotencyIds: whole(2).optional(),
    }),
    consume: group({
      credit: eachTier(whole(1), 'a whole number from 1').optional(),
      leaseMs: whole(100).optional(),
      waitMs: whole(1).optional(),
      attempts: wholeOrInfinity(1).optional(),
      backoff: group({
        initialMs: number(0).optional(),
        maxMs: number(0).optional(),
        factor: number(1).optional(),
        jitter: number(0, 1).optional(),
      }),
    }),
    reconnect: group({ maxMs: whole(1).optional(), giveUpAfterMs: wholeOrInfinity(0).optional() }),
    retention: group({ ...bounds, everyMs: whole(1).optional() }),
    groups: group({ expireAfterMs: wholeOrInfinity(1).optional(), whenOwing: oneOf(WHEN_OWING).optional() }),
    deadLetters: group({ maxAgeMs: wholeOrInfinity(1).optional(), maxEntries: wholeOrInfinity(0).optional() }),
    tracing: group({ enabled: flag, stages: flag }),
  },
  'a URL or an object of options',
);

function isPattern(value: unknown): boolean {
  return patternFault(value) === undefined;
}

function patternFault(value: unknown): string | undefined {
  try {
    compilePattern(value as string);
    return undefined;
  } catch (cause) {
    return toError(cause).message;
  }
}

function isCodec(value: unknown): boolean {
  const codec = value as { encoding?: unknown; encode?: unknown; decode?: unknown } | null | undefined;
  return (
    typeof codec?.encoding === 'string' && typeof codec.encode === 'function' && typeof codec.decode === 'function'
  );
}
