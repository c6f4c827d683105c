import { expect } from 'chai';
import { type BusConfig, ENVIRONMENT, resolveConfig } from '../../src/bus/config.ts';
import { development, highFrequency, production } from '../../src/bus/presets.ts';
import { bytesCodec } from '../../src/core/bytesCodec.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import type { StreamStore } from '../../src/core/store.ts';

const each = (value: number) => ({ critical: value, high: value, normal: value, low: value });

describe('resolveConfig', () => {
  it('is embedded development with nothing', () => {
    const config = resolveConfig(undefined, {});
    expect(config).to.include({ preset: 'development', store: 'memory', namespace: 'sluice', connections: 5 });
    expect(config.maxPayloadBytes).to.equal(1_048_576);
    expect(config.name).to.match(new RegExp(`^[\\w.:-]+-${process.pid}$`));
    expect(config.publish).to.deep.equal({
      bufferBytes: 16 * 1024 * 1024,
      full: 'wait',
      linger: each(0),
      maxBatch: 500,
      timeoutMs: 10_000,
      idempotencyMs: 600_000,
      idempotencyIds: 1_000_000,
    });
    expect(config.consume).to.deep.equal({
      credit: each(256),
      leaseMs: 30_000,
      waitMs: 5_000,
      attempts: 5,
      backoff: { initialMs: 100, maxMs: 30_000, factor: 2, jitter: 0.5 },
    });
    expect(config.retention).to.deep.equal({ maxEntries: 100_000, maxAgeMs: 86_400_000, everyMs: 30_000 });
    expect(config.tracing).to.deep.equal({ enabled: true, stages: true });
    expect([config.codecs, config.streams]).to.deep.equal([[], {}]);
  });

  it('takes a string for the URL of the store', () => {
    for (const url of [
      'redis://localhost',
      'rediss://u:p@h:6380/2',
      'unix:/run/redis.sock',
      'redis+sentinel://u:p@h1:26379,h2/mymaster/2?sentinelPassword=x',
      'rediss+cluster://h1:7000,h2:7001',
      'memory',
    ]) {
      expect(resolveConfig(url, {}).store).to.equal(url);
    }
  });

  it('takes a store, a plain object too, as it is', () => {
    const call = () => undefined;
    const methods = [
      'open',
      'append',
      'createGroup',
      'join',
      'renew',
      'leave',
      'take',
      'settle',
      'read',
      'stats',
      'trim',
    ];
    const store = Object.fromEntries(methods.map((method) => [method, call])) as unknown as StreamStore;
    expect(resolveConfig({ store }, {}).store).to.equal(store);
    expect(resolveConfig(production({ store }), {}).store).to.equal(store);
  });

  it('fills in what a group leaves out, tier by tier', () => {
    const config = resolveConfig(
      { consume: { credit: { critical: 7 }, backoff: { factor: 3 } }, publish: { linger: 4 } },
      {},
    );
    expect(config.consume.credit).to.deep.equal({ ...each(256), critical: 7 });
    expect(config.consume.backoff).to.deep.equal({ initialMs: 100, maxMs: 30_000, factor: 3, jitter: 0.5 });
    expect(config.publish.linger).to.deep.equal(each(4));
    expect(resolveConfig({ consume: { credit: 9 } }, {}).consume.credit).to.deep.equal(each(9));
  });

  it('takes undefined for absent', () => {
    const config = { store: undefined, publish: { full: undefined } } as unknown as BusConfig;
    expect(resolveConfig(config, {})).to.deep.equal(resolveConfig({}, {}));
  });

  it('leaves out a bound of retention that is Infinity', () => {
    const retention = { maxEntries: Infinity, maxAgeMs: Infinity };
    expect(resolveConfig({ retention }, {}).retention).to.deep.equal({ everyMs: 30_000 });
  });

  it('refuses replicated with no replica, of a stream too', () => {
    const main = () => resolveConfig({ durability: 'replicated', replicas: 0 }, {});
    expect(main).to.throw(
      InvalidOptionError,
      "replicas is 0: it takes a whole number from 1, since durability is 'repl",
    );
    const streams = { orders: { patterns: ['orders.*'], durability: 'replicated', replicas: 0 } } as const;
    expect(() => resolveConfig({ streams }, {})).to.throw(InvalidOptionError, 'streams.orders.replicas is 0');
  });

  it('keeps codecs and streams', () => {
    const codecs = [bytesCodec()];
    const streams = { orders: { patterns: ['trading.orders.*', 'x.{a,b}'] } };
    expect(resolveConfig({ codecs, streams }, {})).to.deep.include({ codecs, streams });
    expect(resolveConfig(highFrequency({ codecs, streams }), {})).to.deep.include({ codecs, streams });
  });

  it('refuses a buffer that the largest payload does not fit into', () => {
    const tooSmall = () => resolveConfig({ maxPayloadBytes: 1_000, publish: { bufferBytes: 999 } }, {});
    expect(tooSmall).to.throw(
      InvalidOptionError,
      'publish.bufferBytes is 999: it takes at least maxPayloadBytes, 1000',
    );
  });
});

describe('presets', () => {
  it('differ in connections, buffers, credit, lease and tracing', () => {
    const [small, middle, large] = [development(), production(), highFrequency()];
    expect([small, middle, large].map(({ connections }) => connections)).to.deep.equal([5, 50, 100]);
    const mib = [small, middle, large].map(({ publish }) => (publish?.bufferBytes ?? 0) / 1024 / 1024);
    expect(mib).to.deep.equal([16, 64, 256]);
    expect([small, middle, large].map(({ tracing }) => tracing?.stages)).to.deep.equal([true, true, false]);
    const { publish, consume } = resolveConfig(large, {});
    expect(publish.linger).to.deep.equal({ critical: 0, high: 0, normal: 2, low: 10 });
    expect(consume).to.deep.include({ credit: each(4_000), leaseMs: 5_000 });
  });

  it('resolve to themselves, but for bounds that are Infinity', () => {
    for (const preset of [development(), production(), highFrequency()]) {
      const { name, ...resolved } = resolveConfig(preset, {});
      const { [Object.getOwnPropertySymbols(preset)[0] as never]: _, ...values } = preset;
      const { maxBytes, ...retention } = values.retention ?? {};
      const { expireAfterMs, ...groups } = values.groups ?? {};
      expect([maxBytes, expireAfterMs]).to.deep.equal([Infinity, Infinity]);
      expect(resolved).to.deep.equal({ ...values, retention, groups });
    }
  });

  it('can be overridden, in part', () => {
    const config = production({ store: 'redis://h', consume: { leaseMs: 1_000 } });
    expect(config).to.deep.include({ preset: 'production', store: 'redis://h', connections: 50 });
    expect(resolveConfig(config, {}).consume).to.deep.include({ leaseMs: 1_000, credit: each(1_000) });
  });

  it('are not changed by an override', () => {
    production({ consume: { credit: { low: 1 } } });
    expect(resolveConfig(production(), {}).consume.credit).to.deep.equal(each(1_000));
  });
});

describe('precedence', () => {
  const env = { SLUICE_CONNECTIONS: '9', SLUICE_CREDIT: '33', SLUICE_URL: 'redis://from-env' };

  it('puts the environment before the preset', () => {
    const config = resolveConfig(production(), env);
    expect(config).to.include({ connections: 9, store: 'redis://from-env', preset: 'production' });
    expect(config.consume).to.deep.include({ credit: each(33), leaseMs: 10_000 });
  });

  it('puts what is written before the environment', () => {
    expect(resolveConfig('redis://written', env)).to.include({ store: 'redis://written', connections: 9 });
    expect(resolveConfig({ connections: 3 }, env)).to.include({ connections: 3, store: 'redis://from-env' });
    expect(resolveConfig(production({ connections: 3 }), env)).to.include({ connections: 3 });
  });

  it('knows an override that equals the preset for one that is written', () => {
    expect(resolveConfig(production({ connections: 50 }), env).connections).to.equal(50);
  });

  it('knows what was written after a preset was spread', () => {
    const config = resolveConfig(
      { ...production({ store: 'memory' }), namespace: 'mine' },
      { ...env, SLUICE_NAMESPACE: 'e' },
    );
    expect(config).to.include({ namespace: 'mine', store: 'memory', connections: 9 });
  });

  it('puts a tier that is written before a number for every tier', () => {
    const { credit } = resolveConfig({ consume: { credit: { low: 1 } } }, env).consume;
    expect(credit).to.deep.equal({ ...each(33), low: 1 });
  });

  it('lets the environment choose the preset, unless one is written', () => {
    expect(resolveConfig('redis://h', { SLUICE_PRESET: 'highFrequency' }).connections).to.equal(100);
    expect(resolveConfig(production(), { SLUICE_PRESET: 'highFrequency' }).connections).to.equal(50);
  });
});

describe('environment variables', () => {
  const samples: Readonly<Record<string, [string, unknown]>> = {
    SLUICE_PRESET: ['production', 'production'],
    SLUICE_URL: ['redis://h', 'redis://h'],
    SLUICE_NAMESPACE: ['ns', 'ns'],
    SLUICE_NAME: ['me', 'me'],
    SLUICE_LINGER_MS: ['critical=0, low=2.5', { critical: 0, high: 0, normal: 0, low: 2.5 }],
    SLUICE_CREDIT: ['12', each(12)],
    SLUICE_FULL: ['fail', 'fail'],
    SLUICE_RECORDS: ['batched', 'batched'],
    SLUICE_COMPRESSION: ['zstd', 'zstd'],
    SLUICE_TRACING: ['false', false],
    SLUICE_TRACING_STAGES: ['0', false],
    SLUICE_BUFFER_BYTES: ['2e6', 2_000_000],
    SLUICE_MAX_PAYLOAD_BYTES: ['1000', 1_000],
    SLUICE_PARTITIONS: ['16', 16],
    SLUICE_DURABILITY: ['fsync', 'fsync'],
    SLUICE_RETENTION_MAX_BYTES: ['65536', 65_536],
    SLUICE_GROUPS_WHEN_OWING: ['drop', 'drop'],
  };

  for (const { variable, option } of ENVIRONMENT) {
    it(`${variable} sets ${option}`, () => {
      const [text, value] = samples[variable] ?? ['1234', 1_234];
      const config = resolveConfig(undefined, { [variable]: text });
      const got = option.split('.').reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], config);
      expect(got).to.deep.equal(value);
    });
  }

  it('that are empty count as absent', () => {
    expect(resolveConfig({}, { SLUICE_URL: '', SLUICE_CREDIT: '' })).to.deep.equal(resolveConfig({}, {}));
  });

  it('that are wrong are named, with what they take', () => {
    const message = (env: Record<string, string>) => {
      let said = 'nothing';
      try {
        resolveConfig({}, env);
      } catch (error) {
        expect(error).to.be.instanceOf(InvalidOptionError);
        said = (error as Error).message;
      }
      return said;
    };
    expect(message({ SLUICE_CONNECTIONS: 'many' })).to.equal(
      "SLUICE_CONNECTIONS is 'many': it takes a whole number from 2",
    );
    expect(message({ SLUICE_PRESET: 'prod' })).to.equal(
      "SLUICE_PRESET is 'prod': it takes one of development, production, highFrequency",
    );
    expect(message({ SLUICE_TRACING: 'maybe' })).to.equal("SLUICE_TRACING is 'maybe': it takes true or false");
    const credit = (text: string) =>
      `SLUICE_CREDIT is '${text}': it takes a whole number from 1, for every tier, or for some as in critical=1,low=5`;
    for (const text of ['0', 'x', 'urgent=1', 'critical=0'])
      expect(message({ SLUICE_CREDIT: text })).to.equal(credit(text));
    expect(message({ SLUICE_URL: 'http://user:secret@host/x' })).to.equal(
      "SLUICE_URL is 'http://host': it takes 'memory', a URL such as redis://localhost:6379, rediss://…, unix:/path/to/socket, redis+sentinel://host:26379,…/master or redis+cluster://host:6379,…, or a store",
    );
  });
});
