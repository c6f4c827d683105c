import { expect } from 'chai';
import fc from 'fast-check';
import { type BusConfig, resolveConfig } from '../../src/bus/config.ts';
import { production } from '../../src/bus/presets.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';

/** What is said of a configuration. */
function said(config: unknown, env: Record<string, string> = {}): string {
  try {
    resolveConfig(config as BusConfig, env);
  } catch (error) {
    expect(error).to.be.instanceOf(InvalidOptionError);
    const { message, stack, cause } = error as Error;
    expect([stack?.includes(message), cause]).to.deep.equal([true, undefined]);
    return message;
  }
  return 'nothing';
}

const STORE =
  "it takes 'memory', a URL such as redis://localhost:6379, rediss://…, unix:/path/to/socket, " +
  'redis+sentinel://host:26379,…/master or redis+cluster://host:6379,…, or a store';

describe('a wrong option of a configuration', () => {
  const cases: readonly [unknown, string][] = [
    [{ connections: 0 }, 'connections is 0: it takes a whole number from 2'],
    [{ connections: '5' }, "connections is '5': it takes a whole number from 2"],
    [{ publish: { full: 'no' } }, "publish.full is 'no': it takes one of wait, fail, drop-oldest"],
    [
      { publish: 3 },
      'publish is 3: it takes an object with some of bufferBytes, full, linger, maxBatch, timeoutMs, idempotencyMs, idempotencyIds',
    ],
    [{ publish: { linger: { low: -1 } } }, 'publish.linger.low is -1: it takes a number from 0'],
    [{ publish: { bufferBytes: null } }, 'publish.bufferBytes is null: it takes a whole number from 1'],
    [
      { consume: { credit: 0.5 } },
      'consume.credit is 0.5: it takes a whole number from 1, or an object with that for some of critical, high, normal, low',
    ],
    [{ consume: { credit: { low: 0 } } }, 'consume.credit.low is 0: it takes a whole number from 1'],
    [{ consume: { leaseMs: 5 } }, 'consume.leaseMs is 5: it takes a whole number from 100'],
    [{ consume: { attempts: 0 } }, 'consume.attempts is 0: it takes a whole number from 1, or Infinity'],
    [{ consume: { backoff: { jitter: 2 } } }, 'consume.backoff.jitter is 2: it takes a number from 0 to 1'],
    [{ retention: { maxAgeMs: -1 } }, 'retention.maxAgeMs is -1: it takes a whole number from 1, or Infinity'],
    [{ tracing: { enabled: 'yes' } }, "tracing.enabled is 'yes': it takes true or false"],
    [{ namespace: 'a{b}' }, "namespace is 'a{b}': it takes 1 to 128 letters, digits and . _ : -"],
    [{ name: '' }, "name is '': it takes 1 to 128 letters, digits and . _ : -"],
    [{ preset: 'prod' }, "preset is 'prod': it takes one of development, production, highFrequency"],
    [{ codecs: [{}] }, 'codecs.0 is {}: it takes a codec: an object with `encoding`, `encode` and `decode`'],
    [
      { streams: { 'a b': { patterns: ['x'] } } },
      "a name in streams is 'a b': it takes 1 to 128 letters, digits and . _ : -",
    ],
    [
      { streams: { main: { patterns: ['x'] } } },
      "a name in streams is 'main': it takes another name: 'main' and 'replies' are there already",
    ],
    [{ partitions: 0 }, 'partitions is 0: it takes a whole number from 1 to 1024'],
    [
      { streams: { a: { patterns: ['x'], partitions: 2_000 } } },
      'streams.a.partitions is 2000: it takes a whole number from 1 to 1024',
    ],
    [{ streams: { a: { patterns: [] } } }, 'streams.a.patterns is []: it takes at least one glob over topics'],
    [
      { streams: { a: { patterns: ['x.('] } } },
      "streams.a.patterns.0 is 'x.(': it takes a glob over topics: pattern 'x.(' has '(' that is never closed",
    ],
    [42, 'the configuration is 42: it takes a URL or an object of options'],
    [null, 'the configuration is null: it takes a URL or an object of options'],
    ['', `store is '': ${STORE}`],
    ['memry', `store is 'memry': ${STORE}`],
    [{ store: {} }, `store is {}: ${STORE}`],
  ];
  for (const [config, message] of cases) {
    it(message, () => {
      expect(said(config)).to.equal(message);
    });
  }

  it('is refused in a preset too', () => {
    expect(said(production({ connections: -1 }))).to.equal('connections is -1: it takes a whole number from 2');
  });
});

describe('an unknown option of a configuration', () => {
  const cases: readonly [unknown, string][] = [
    [{ conections: 5 }, 'conections is 5: it takes nothing, for there is no such option: the nearest is connections'],
    [
      { publish: { ful: 'wait' } },
      "publish.ful is '***': it takes nothing, for there is no such option: the nearest is publish.full",
    ],
    [{ leaseMs: 5 }, 'leaseMs is 5: it takes nothing, for there is no such option: the nearest is consume.leaseMs'],
    [{ url: 'redis://h' }, "url is '***': it takes nothing, for there is no such option: the nearest is store"],
    [
      { consume: { credit: { hgh: 1 } } },
      'consume.credit.hgh is 1: it takes nothing, for there is no such option: the nearest is consume.credit.high',
    ],
    [
      { streams: { a: { pattern: 1 } } },
      'streams.a.pattern is 1: it takes nothing, for there is no such option: the nearest is streams.a.patterns',
    ],
    [
      { streams: { a: { patterns: ['x'], partition: 2 } } },
      'streams.a.partition is 2: it takes nothing, for there is no such option: the nearest is streams.a.partitions',
    ],
    [
      { tracing: { stage: true } },
      'tracing.stage is true: it takes nothing, for there is no such option: the nearest is tracing.stages',
    ],
  ];
  for (const [config, message] of cases) {
    it(message, () => {
      expect(said(config)).to.equal(message);
    });
  }
});

describe('an error of a configuration never holds a password', () => {
  const SECRET = 'hunter2secret';
  const addresses = [
    `http://user:${SECRET}@host/`,
    `redis//user:${SECRET}@host`,
    `redis://:${SECRET}`,
    `redis://user:${SECRET}`,
    `redis:${SECRET}@host`,
    `user:${SECRET}@host:6379`,
    `:${SECRET}@host`,
    `https://host/?password=${SECRET}`,
    `redis:///?password=${SECRET}`,
    `redis://u:${SECRET}@`,
    `ftp://host/${SECRET}`,
    `redis://u:${SECRET}@a:1,b:2`,
  ];
  for (const address of addresses) {
    it(`as ${address.replace(SECRET, '…')}`, () => {
      const messages = [
        said(address),
        said({ store: address }),
        said(production({ store: address })),
        said({}, { SLUICE_URL: address }),
      ];
      for (const message of messages)
        expect(message)
          .to.match(/^(store|SLUICE_URL) is .*it takes/)
          .and.not.include(SECRET);
    });
  }

  it('in options of another library', () => {
    const configs = [
      { store: { host: 'h', password: SECRET } },
      { store: [SECRET] },
      { password: SECRET },
      { redis: { password: SECRET, sentinels: [{ password: SECRET }] } },
      { publish: [SECRET] },
      { publish: { [`x${1}`]: { password: SECRET } } },
    ];
    for (const config of configs)
      expect(said(config))
        .to.match(/it takes/)
        .and.not.include(SECRET);
  });

  it('whatever else is wrong', () => {
    const key = fc.constantFrom('store', 'url', 'password', 'auth', 'codecs', 'preset2');
    fc.assert(
      fc.property(key, fc.object({ values: [fc.constant(SECRET), fc.integer()], maxDepth: 2 }), (name, value) => {
        expect(said({ connections: 5, [name]: value })).to.not.include(SECRET);
      }),
      { numRuns: 200 },
    );
  });
});
