import { type } from 'arktype';
import { expect } from 'chai';
import {
  type Bus,
  type BusConfig,
  connect,
  type Delivery,
  handle,
  pipeline,
  stage,
  validate,
} from '../../../src/index.ts';
import { type Complaint, errorOf, expectComplaint } from '../../support/expectComplaint.ts';

/** Anything where the types know better. */
const any = <T>(value: unknown): T => value as T;

const Order = type({ id: 'string' });
const group = 'g';
const option = { type: 'InvalidOptionError', code: 'INVALID_OPTION' };
const pattern = { type: 'InvalidPatternError', code: 'INVALID_PATTERN' };

type Case = readonly [title: string, call: (bus: Bus) => unknown, complaint: Complaint];

const PATTERNS: readonly [pattern: unknown, says: string | RegExp][] = [
  ['', "is empty: a pattern is a glob such as trading.orders.*; '*' matches every topic"],
  ['orders.{new,old', "has '{' that is never closed"],
  ['orders.[ab', "has '[' that is never closed"],
  ['orders.!(a', "has '(' that is never closed"],
  ['orders.a}', "has '}' at 9 without its '{'"],
  ['orders.\\', 'ends in a backslash: it escapes the character behind it'],
  ['orders.{1..9}', 'has a range {a..b}: name the alternatives, as {a,b}'],
  ['a'.repeat(600), 'has 600 characters: at most 512 are taken'],
  [
    'orders.@(@(@(@(@(@(@(@(@(a)))))))))',
    'has brackets 9 deep in one another: at most 8 are taken; write it as several',
  ],
  ['[a]'.repeat(170), /^pattern '\[a\].*…' is too complicated .*: write it as several patterns/],
  ['orders.\\d', "has '\\d': a backslash goes before a special character; letters and digits need none"],
  ['orders.(?:a)', "has '(?', which begins a group of a regular expression: begin with another alternative"],
  [/orders/, 'is not a string: a pattern is a glob such as trading.orders.*'],
];

const malformed: readonly Case[] = PATTERNS.flatMap(
  ([glob, says]) =>
    [
      [`from ${glob}`, (bus) => bus.from(any(glob), { group }), { ...pattern, says }],
      [`subscribe ${glob}`, (bus) => bus.subscribe(any(glob)), { ...pattern, says }],
      [`respond ${glob}`, (bus) => bus.respond(any(glob), () => 1), { ...pattern, says }],
    ] satisfies readonly Case[],
);

const CASES: readonly Case[] = [
  [
    'from without options',
    (bus) => bus.from('a', any(undefined)),
    { ...option, says: 'group is undefined: it takes a name' },
  ],
  [
    'from a group with a colon',
    (bus) => bus.from('a', { group: 'a:b' }),
    { ...option, says: "group is 'a:b': it takes" },
  ],
  ['from without credit', (bus) => bus.from('a', { group, credit: 0 }), { ...option, says: 'credit.critical is 0' }],
  [
    'from with a text as credit',
    (bus) => bus.from('a', { group, credit: any('5') }),
    { ...option, says: "credit is '5'" },
  ],
  [
    'from yesterday',
    (bus) => bus.from('a', { group, start: any('yesterday') }),
    { ...option, says: "'yesterday': it takes 'earliest', 'latest'" },
  ],
  [
    'from no time',
    (bus) => bus.from('a', { group, start: { sinceMs: Number.NaN } }),
    { ...option, says: /start is .*it takes/ },
  ],
  [
    'from without attempts',
    (bus) => bus.from('a', { group, attempts: 0 }),
    { ...option, says: 'attempts is 0: it takes' },
  ],
  [
    'from with a lease below 0',
    (bus) => bus.from('a', { group, leaseMs: -1 }),
    { ...option, says: 'leaseMs is -1: it takes' },
  ],
  [
    'from with endless draining',
    (bus) => bus.from('a', { group, drainMs: Infinity }),
    { ...option, says: 'drainMs is Infinity' },
  ],
  [
    'from with a flag as permanent',
    (bus) => bus.from('a', { group, permanent: any(true) }),
    { ...option, says: 'permanent is true' },
  ],
  [
    'subscribe from yesterday',
    (bus) => bus.subscribe('a', { from: any('yesterday') }),
    { ...option, says: "'yesterday': it takes" },
  ],
  [
    'subscribe from no cursor',
    (bus) => bus.subscribe('a', { from: { cursor: any({}) } }),
    { ...option, says: 'or a { cursor }' },
  ],
  [
    'publishMany of a number',
    (bus) => bus.publishMany(any(5)),
    { ...option, says: 'messages is 5: it takes an iterable' },
  ],
  [
    'publishMany of nothing',
    (bus) => bus.publishMany(any(undefined)),
    { ...option, says: 'messages is undefined: it takes' },
  ],
  [
    'to with text as options',
    (bus) => bus.to<Delivery>('a', any('high')),
    { ...option, says: "options is 'high': it takes" },
  ],
  [
    'to a wildcard',
    (bus) => bus.to('a.*'),
    { type: 'InvalidTopicError', code: 'INVALID_TOPIC', says: 'publish to one topic' },
  ],
  [
    'request without time',
    (bus) => bus.request('a', 1, { timeoutMs: 0 }),
    { ...option, says: 'timeoutMs is 0: it takes' },
  ],
  [
    'request with endless time',
    (bus) => bus.request('a', 1, { timeoutMs: Infinity }),
    { ...option, says: 'timeoutMs is Infinity' },
  ],
  [
    'respond without a handler',
    (bus) => bus.respond('a', any(undefined)),
    { ...option, says: 'handler is undefined: it takes a function' },
  ],
  [
    'respond without time',
    (bus) => bus.respond('a', () => 1, { timeoutMs: 0 }),
    { ...option, says: 'timeoutMs is 0: it takes' },
  ],
  [
    'respond without hands',
    (bus) => bus.respond('a', () => 1, { concurrency: 0 }),
    { ...option, says: 'concurrency is 0' },
  ],
  [
    'close with a deadline that is no number',
    (bus) => bus.close({ deadlineMs: Number.NaN }),
    { ...option, says: 'deadlineMs is NaN' },
  ],
  [
    'handle nothing',
    () => handle(any<() => void>(undefined)),
    { ...option, says: 'handler is undefined: it takes a function' },
  ],
  [
    'handle without hands',
    () => handle(() => 1, { concurrency: 0 }),
    { ...option, says: 'concurrency is 0: it takes' },
  ],
  ['handle in half', () => handle(() => 1, { concurrency: 1.5 }), { ...option, says: 'concurrency is 1.5: it takes' }],
  ['handle without time', () => handle(() => 1, { timeoutMs: 0 }), { ...option, says: 'timeoutMs is 0: it takes' }],
  [
    'validate without a schema',
    () => validate(any<typeof Order>({})),
    { ...option, says: 'schema is {}: it takes a Standard Schema' },
  ],
  [
    'a stage without a name',
    () =>
      stage(
        '',
        handle(() => 1),
      ),
    { ...option, says: "name is '': it takes" },
  ],
  [
    'a pipeline without a name',
    (bus) => pipeline('', bus.from('a', { group })),
    { ...option, says: "name is '': it takes" },
  ],
];

const CONFIGS: readonly [config: unknown, says: string][] = [
  ['http://localhost', "store is 'http://localhost': it takes 'memory', a URL such as redis://localhost:6379"],
  ['redis://127.0.0.1/abc', "url is 'redis://127.0.0.1/abc': it takes redis://user:password@host:port/db"],
  [{ conections: 5 }, 'conections is 5: it takes nothing, for there is no such option: the nearest is connections'],
  [{ maxPayloadBytes: -1 }, 'maxPayloadBytes is -1: it takes a whole number from 1'],
  [
    { streams: { ticks: { patterns: ['ticks.{'] } } },
    "a glob over topics: pattern 'ticks.{' has '{' that is never closed",
  ],
];

describe('bad input: options', () => {
  let bus: Bus;
  before(async () => {
    bus = await connect();
  });
  after(() => bus.close());

  for (const [title, call, complaint] of [...malformed, ...CASES]) {
    it(`refuses ${title.slice(0, 60)}`, async () => expectComplaint(await errorOf(() => call(bus)), complaint));
  }

  for (const [config, says] of CONFIGS) {
    it(`refuses to connect ${JSON.stringify(config)}`, async () => {
      expectComplaint(await errorOf(() => connect(config as BusConfig)), { ...option, says });
    });
  }

  it('never tells a password', async () => {
    const error = await errorOf(() => connect('redis://user:hunter2@127.0.0.1/abc'));
    expect(String(error)).to.include('url is').and.not.include('hunter2');
  });

  it('leaves the bus as it was', async () => {
    const receipt = await bus.publish('still.here', 1);
    expect(receipt.topic).to.equal('still.here');
  });
});
