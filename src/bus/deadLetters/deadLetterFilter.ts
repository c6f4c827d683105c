import { InvalidOptionError } from '../../core/errors.ts';
import { compilePattern } from '../../core/pattern.ts';
import { checkFunction } from '../../operators/checkFunction.ts';
import type { KeptDeadLetter } from './keptDeadLetter.ts';

/** Which dead letters are meant: those to which all of this applies. */
export interface DeadLetterFilter {
  /** Ids, each alone or behind its partition, such as `main.3:1795588175585-0`. */
  readonly ids?: readonly string[];
  /** A glob over topics. */
  readonly topic?: string;
  /** The group that rejected it. */
  readonly group?: string;
  /** The stage that had it last. */
  readonly stage?: string;
  /** The error's name, or what its message contains; a regular expression is for its message. */
  readonly error?: string | RegExp;
  /** Rejected then or later: a Date, or ms since the epoch. */
  readonly since?: Date | number;
  /** Rejected before then. */
  readonly until?: Date | number;
  /** Anything else. */
  readonly where?: (letter: KeptDeadLetter) => boolean;
}

type Test = (letter: KeptDeadLetter) => boolean;

const NAMES: readonly (keyof DeadLetterFilter)[] = [
  'ids',
  'topic',
  'group',
  'stage',
  'error',
  'since',
  'until',
  'where',
];

/**
 * Whether a dead letter is meant.
 *
 * @throws {InvalidOptionError} naming what makes no sense
 * @throws {InvalidPatternError} if `topic` is no pattern
 */
export function letterTest(filter: DeadLetterFilter): Test {
  const unknown = Object.keys(filter).find((name) => !NAMES.includes(name as keyof DeadLetterFilter));
  if (unknown !== undefined) throw new InvalidOptionError('filter', unknown, `one of ${NAMES.join(', ')}`);
  const { ids, topic, group, stage, error, since, until, where } = filter;
  const tests: Test[] = [];
  if (ids !== undefined) tests.push(idTest(ids));
  if (topic !== undefined) tests.push(topicTest(topic));
  if (group !== undefined) tests.push(nameTest('group', group));
  if (stage !== undefined) tests.push(nameTest('stage', stage));
  if (error !== undefined) tests.push(errorTest(error));
  if (since !== undefined) tests.push(timeTest(timeOf('since', since), Infinity));
  if (until !== undefined) tests.push(timeTest(-Infinity, timeOf('until', until)));
  if (where !== undefined) {
    checkFunction('where', where);
    tests.push(where);
  }
  return (letter) => tests.every((test) => test(letter));
}

function idTest(ids: readonly string[]): Test {
  if (!Array.isArray(ids)) throw new InvalidOptionError('ids', ids, 'an array of ids');
  const known = new Set(ids);
  return ({ id, stream }) => known.has(id) || known.has(`${stream}:${id}`);
}

function topicTest(pattern: string): Test {
  const matches = compilePattern(pattern);
  return ({ topic }) => matches(topic);
}

function nameTest(option: 'group' | 'stage', wanted: string): Test {
  if (typeof wanted !== 'string') throw new InvalidOptionError(option, wanted, 'a name');
  return (letter) => letter[option] === wanted;
}

function errorTest(wanted: string | RegExp): Test {
  // Every message contains the empty text.
  if (wanted === '' || !(typeof wanted === 'string' || wanted instanceof RegExp)) {
    throw new InvalidOptionError('error', wanted, 'a text, or a regular expression');
  }
  if (typeof wanted === 'string') return ({ error }) => error.name === wanted || error.message.includes(wanted);
  // `g` and `y` would make it remember where it was.
  const expression = new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, ''));
  return ({ error }) => expression.test(error.message);
}

function timeTest(from: number, to: number): Test {
  return ({ time }) => time >= from && time < to;
}

function timeOf(name: string, time: Date | number): number {
  const ms = time instanceof Date ? time.getTime() : time;
  if (Number.isFinite(ms)) return ms;
  throw new InvalidOptionError(name, time, 'a Date, or ms since the epoch');
}
