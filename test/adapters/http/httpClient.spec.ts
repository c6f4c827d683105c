import { inspect } from 'node:util';
import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import {
  HttpCircuitOpenError,
  HttpClient,
  type HttpClientOptions,
  HttpContentError,
  type HttpError,
  HttpNetworkError,
  HttpRateLimitError,
  HttpRedirectError,
  HttpStatusError,
  HttpTimeoutError,
  HttpTooLargeError,
} from '../../../src/adapters/http/index.ts';
import { tokenBucket } from '../../../src/operators/tokenBucket.ts';
import { eventually } from '../../support/eventually.ts';
import { type Fault, FaultyHttp } from '../../support/faultyHttp.ts';
import { jumping } from '../../support/jumping.ts';
import { startTracing } from '../../support/tracing.ts';

const KEY = 'kEy+/SECRET-7f3a9';

describe('HttpClient', () => {
  let server: FaultyHttp;
  beforeEach(async () => {
    server = await FaultyHttp.start(({ url }) => ({ status: 200, json: { path: url.pathname, n: 1 } }));
  });
  afterEach(() => server.stop());

  const client = (options: Partial<HttpClientOptions> = {}) =>
    new HttpClient({ baseUrl: server.url, backoff: { initialMs: 1 }, ...options });
  const get = (options: Partial<HttpClientOptions> = {}, path = '/a') => firstValueFrom(client(options).json({ path }));
  const failed = async (options: Partial<HttpClientOptions> = {}, path = '/a'): Promise<HttpError> => {
    try {
      await get(options, path);
    } catch (error) {
      return error as HttpError;
    }
    throw new Error('it succeeded');
  };

  it('asks when subscribed, and once for each subscription', async () => {
    const call = client().json({ path: '/a', query: { b: [1, 2], c: undefined, d: 'x y' } });
    expect(server.asked).deep.equal([]);
    expect((await firstValueFrom(call)).body).deep.equal({ path: '/a', n: 1 });
    await firstValueFrom(call);
    expect(server.asked.map(({ url }) => url.search)).deep.equal(['?b=1&b=2&d=x+y', '?b=1&b=2&d=x+y']);
  });

  for (const encoding of ['gzip', 'zstd'] as const) {
    it(`reads ${encoding}`, async () => {
      server.encoding = encoding;
      expect((await get()).body).deep.equal({ path: '/a', n: 1 });
      expect(server.asked[0]?.headers['accept-encoding']).contain(encoding);
    });

    it(`stops at the limit of a ${encoding} bomb`, async () => {
      server.fail({ kind: 'bomb', encoding, bytes: 50_000_000 });
      const error = await failed({ maxBodyBytes: 1_000_000 });
      expect(error).instanceOf(HttpTooLargeError).property('retryable', false);
      expect(server.asked.length).equal(1);
    });
  }

  it('stops reading a huge body at the limit', async () => {
    server.fail({ kind: 'huge', bytes: 2 * 1024 ** 3 });
    expect(await failed({ maxBodyBytes: 1_000_000 })).instanceOf(HttpTooLargeError);
    await eventually(() => server.left === 1);
    expect(server.written).lessThan(100_000_000);
  });

  describe('tries again after', () => {
    const faults: readonly (readonly [string, Fault])[] = [
      ...[408, 425, 429, 500, 502, 503, 504].map((status) => [String(status), { kind: 'status', status }] as const),
      ['HTML of a 500', { kind: 'html', status: 500 }],
      ['a cut body', { kind: 'cut' }],
      ['a reset', { kind: 'reset' }],
      ['silence', { kind: 'silent' }],
      ['a body that stalls', { kind: 'stalled' }],
      ['a body that drips', { kind: 'drip' }],
    ];
    for (const [name, fault] of faults) {
      it(name, async () => {
        server.fail(fault);
        expect((await get({ responseMs: 500, idleMs: 500, totalMs: 1_000 })).status).equal(200);
        expect(server.asked.length).equal(2);
      });
    }
  });

  for (const status of [400, 401, 403, 404, 410, 501]) {
    it(`does not try again after ${status}`, async () => {
      server.fail({ kind: 'status', status, body: '{"message":"no"}' });
      const error = await failed();
      expect(error).instanceOf(HttpStatusError).include({ status, retryable: false, code: 'HTTP_STATUS' });
      expect((error as HttpStatusError).body).deep.equal({ message: 'no' });
      expect(server.asked.length).equal(1);
    });
  }

  it('says what happened when nothing helps', async () => {
    const all = (fault: Fault) => server.fail(fault, fault);
    const quick = { attempts: 2 };
    all({ kind: 'html', status: 502 });
    expect(await failed(quick))
      .instanceOf(HttpStatusError)
      .include({ status: 502 });
    all({ kind: 'cut' });
    expect(await failed(quick))
      .instanceOf(HttpNetworkError)
      .property('networkCode', 'UND_ERR_SOCKET');
    all({ kind: 'silent' });
    expect((await failed({ ...quick, responseMs: 50 })).message).contain('an answer did not come within 50 ms');
    all({ kind: 'stalled' });
    expect(await failed({ ...quick, idleMs: 50 })).instanceOf(HttpTimeoutError);
    all({ kind: 'drip' });
    expect((await failed({ ...quick, totalMs: 200 })).message).contain('the whole answer did not come within 200 ms');
    const gone = await FaultyHttp.start(() => ({ status: 200, json: {} }));
    const baseUrl = gone.url;
    await gone.stop();
    const refused = await failed({ ...quick, baseUrl });
    expect(refused).property('networkCode', 'ECONNREFUSED');
    expect(refused.message).contain('could not be read: ECONNREFUSED, nothing listens there: see the address');
  });

  it('tells HTML and broken JSON from JSON, with an excerpt', async () => {
    server.fail({ kind: 'html', status: 200 }, { kind: 'text', body: '{"a":' }, { kind: 'text', body: '' });
    const html = await failed();
    expect(html).instanceOf(HttpContentError);
    expect(html.message).contain('answered HTML where JSON was expected: <html>');
    expect(await failed()).include({ excerpt: '{"a":', code: 'HTTP_CONTENT' });
    expect(await failed()).instanceOf(HttpContentError);
    expect(server.asked.length).equal(3);
  });

  it('keeps numbers that a double cannot hold', async () => {
    server.fail({ kind: 'text', body: '[12345678901234567890, 10.126297592639306, 1.0e5, 100000000000000000000]' });
    expect((await get()).body).deep.equal(['12345678901234567890', 10.126297592639306, 1e5, 1e20]);
  });

  describe('redirects', () => {
    it('are followed', async () => {
      server.fail({ kind: 'redirect', to: '/b?c=1' });
      const reply = await get();
      expect(reply.body).deep.equal({ path: '/b', n: 1 });
      expect(reply.url).equal(`${server.url}/b?c=1`);
    });

    it('end when they go round', async () => {
      server.fail(...Array.from({ length: 9 }, (): Fault => ({ kind: 'redirect', to: '/a' })));
      expect(await failed({ maxRedirects: 3 }))
        .instanceOf(HttpRedirectError)
        .property('retryable', false);
      expect(server.asked.length).equal(4);
    });

    for (const to of ['file:///etc/passwd', 'data:text/plain,x', 'http://']) {
      it(`are not followed to ${to}`, async () => {
        server.fail({ kind: 'redirect', to });
        expect(await failed()).instanceOf(HttpRedirectError);
      });
    }

    it('take the key to no other origin', async () => {
      const other = await FaultyHttp.start(() => ({ status: 200, json: {} }));
      server.fail({ kind: 'redirect', to: `${other.url}/x` });
      await get({ key: { header: 'X-Api-Key', value: KEY } });
      expect(server.asked[0]?.headers['x-api-key']).equal(KEY);
      expect(other.asked[0]?.headers).not.property('x-api-key');
      await other.stop();
    });
  });

  it('aborts when unsubscribed: on the wire, and between attempts', async () => {
    server.fail({ kind: 'silent' });
    const waiting = client().json({ path: '/a' }).subscribe();
    await eventually(() => server.asked.length === 1);
    waiting.unsubscribe();
    await eventually(() => server.left === 1);
    server.fail({ kind: 'status', status: 500 });
    const between = client({ backoff: { initialMs: 60_000, maxMs: 60_000 } })
      .json({ path: '/a' })
      .subscribe();
    await eventually(() => server.asked.length === 2);
    between.unsubscribe();
  });

  describe('rate limits', () => {
    it('of the server fail a call that would wait too long, and say for how long', async () => {
      server.fail({ kind: 'status', status: 429, headers: { 'retry-after': '120' } });
      const error = await failed({ maxWaitMs: 1_000 });
      expect(error).instanceOf(HttpRateLimitError);
      expect((error as HttpRateLimitError).retryAfterMs).within(100_000, 120_000);
      expect(server.asked.length).equal(1);
    });

    it('are shared by all who use the key', async () => {
      const key = { header: 'X-Api-Key', value: KEY };
      server.fail({ kind: 'status', status: 429, headers: { 'retry-after': '120' } });
      await failed({ maxWaitMs: 1_000, key });
      expect(await failed({ maxWaitMs: 1_000, key })).instanceOf(HttpRateLimitError);
      expect(server.asked.length).equal(1);
      await get({ key: { ...key, value: 'another' } });
      expect(server.asked.length).equal(2);
    });

    for (const [name, after] of [
      ['seconds', () => '120'],
      ['a date', () => new Date(Date.now() + 120_000).toUTCString()],
    ] as const) {
      it(`are waited for as long as Retry-After says, in ${name}`, async () => {
        const time = jumping();
        server.fail({ kind: 'status', status: 429, headers: { 'retry-after': after() } });
        expect((await get({ scheduler: time.scheduler })).status).equal(200);
        expect(time.jumpsMs.length).equal(1);
        expect(time.jumpsMs[0]).within(110_000, 120_000);
      });
    }

    it('grow the wait when the server does not say', async () => {
      const time = jumping();
      server.fail(...Array.from({ length: 3 }, (): Fault => ({ kind: 'status', status: 429 })));
      await get({
        scheduler: time.scheduler,
        backoff: { initialMs: 70_000, jitter: 0, factor: 1.2, maxMs: 190_000 },
      });
      expect(time.jumpsMs.map((ms) => Math.round(ms / 1_000))).deep.equal([70, 84, 101]);
    });

    it('of our own hold, whatever the server allows', async () => {
      const limit = tokenBucket({ rate: 1_000, burst: 1 });
      const shared = client({ limit });
      await Promise.all([1, 2, 3].map(() => firstValueFrom(shared.json({ path: '/a' }))));
      expect(server.asked.length).equal(3);
      const never = client({ limit: tokenBucket({ rate: 0.000_001, burst: 1 }) });
      await firstValueFrom(never.json({ path: '/a' }));
      never.json({ path: '/a' }).subscribe().unsubscribe();
      expect(server.asked.length).equal(4);
    });

    it('are known from the headers', async () => {
      server.fail({
        kind: 'status',
        status: 200,
        headers: { 'x-ratelimit-limit': '1000', 'x-ratelimit-remaining': '7' },
      });
      const one = client();
      await firstValueFrom(one.json({ path: '/a' }));
      expect(one.limit).deep.equal({ limit: 1000, remaining: 7 });
    });
  });

  it('sends nothing for a while when everything fails, then tries', async () => {
    server.fail(...Array.from({ length: 2 }, (): Fault => ({ kind: 'status', status: 500 })));
    const one = client({ attempts: 1, circuit: { failures: 2, restMs: 30 } });
    const ask = () => firstValueFrom(one.json({ path: '/a' })).catch((error: unknown) => error);
    await ask();
    await ask();
    expect(await ask()).instanceOf(HttpCircuitOpenError);
    expect(server.asked.length).equal(2);
    await eventually(async () => expect(await ask()).property('status', 200));
  });

  it('shows the key nowhere', async () => {
    const tracing = startTracing();
    const key = { header: 'X-Api-Key', value: KEY };
    const echo = `{"key":"${KEY}"}`;
    server.fail(
      { kind: 'status', status: 403, body: echo },
      { kind: 'text', body: echo.slice(0, -1) },
      { kind: 'redirect', to: `http://${server.url.slice(7)}/?api_key=${encodeURIComponent(KEY)}` },
      { kind: 'status', status: 400, body: echo },
      { kind: 'cut' },
    );
    const leaky: typeof fetch = async () => {
      throw new TypeError('bad header', { cause: new Error(`value ${KEY}`) });
    };
    const errors = [
      await failed({ key }),
      await failed({ key }),
      await failed({ key }),
      await failed({ key, attempts: 1 }),
      await failed({ key, fetch: leaky }),
    ];
    const spans = tracing.spans.map(({ name, attributes, status, events }) => ({ name, attributes, status, events }));
    await tracing.stop();
    expect(spans.length).equal(5);
    const shown = errors.map(
      (error) => inspect(error, { depth: 9, showHidden: true }) + error.stack + JSON.stringify(error),
    );
    for (const text of [...shown, inspect(spans, { depth: 9 })]) {
      expect(text).not.contain(KEY);
      expect(text).not.contain(encodeURIComponent(KEY));
    }
    expect(() => client({ key: { ...key, value: `${KEY}\n` } }))
      .throw(/\*\*\*/)
      .not.match(/SECRET/);
  });

  it('has a CLIENT span for each attempt', async () => {
    const tracing = startTracing();
    server.fail({ kind: 'status', status: 503 });
    await get();
    const spans = tracing.spans.map(({ attributes, kind }) => ({ ...attributes, kind }));
    await tracing.stop();
    expect(
      spans.map((span) => [
        span.kind,
        Reflect.get(span, 'http.response.status_code'),
        Reflect.get(span, 'http.request.resend_count'),
      ]),
    ).deep.equal([
      [2, 503, undefined],
      [2, 200, 1],
    ]);
  });

  describe('bytes', () => {
    it('come as they are taken, and end with the loop', async () => {
      server.fail({ kind: 'huge', bytes: 2 * 1024 ** 3 });
      let bytes = 0;
      for await (const chunk of client({ maxBodyBytes: 2 * 1024 ** 3 }).bytes({ path: '/a' })) {
        bytes += chunk.byteLength;
        if (bytes > 1_000_000) break;
      }
      await eventually(() => server.left === 1);
      expect(server.written).lessThan(100_000_000);
    });
  });

  it('refuses options that make no sense', () => {
    for (const options of [{ attempts: 0 }, { responseMs: -1 }, { baseUrl: 'ftp://x' }, { maxWaitMs: -1 }]) {
      expect(() => client(options))
        .throw(Object.keys(options)[0] as string)
        .property('code', 'INVALID_OPTION');
    }
  });

  it('refuses addresses that hold secrets, and does not show them', () => {
    for (const baseUrl of ['http://me:hunter2@127.0.0.1:1/v22', 'http://127.0.0.1:1/v22?api_key=hunter2']) {
      expect(() => client({ baseUrl }))
        .throw('baseUrl')
        .property('message')
        .not.include('hunter2');
    }
  });

  it('does not show the secrets of an address to fetch', async () => {
    const url = new URL(server.url);
    url.password = 'hunter2';
    const error = await client()
      .bytes({ path: url })
      .next()
      .catch((cause) => cause);
    expect(error).property('message').include('without user and password').and.not.include('hunter2');
  });
});
