import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { firstValueFrom, Subject, take } from 'rxjs';
import { HttpClient, type HttpClientOptions, HttpRateLimitError } from '../../../src/adapters/http/index.ts';
import { Pace } from '../../../src/adapters/http/pace.ts';
import { retryAfterMs } from '../../../src/adapters/http/retryAfterMs.ts';
import { eventually } from '../../support/eventually.ts';
import { type Fault, FaultyHttp } from '../../support/faultyHttp.ts';
import { jumping } from '../../support/jumping.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const NOW = Date.UTC(2026, 10, 25, 9);

describe('waits that a server asks for', () => {
  let server: FaultyHttp;
  beforeEach(async () => {
    server = await FaultyHttp.start(() => ({ status: 200, json: {} }));
  });
  afterEach(() => server.stop());
  const client = (options: Partial<HttpClientOptions> = {}) => new HttpClient({ baseUrl: server.url, ...options });
  const refusal = (after?: string): Fault => ({
    kind: 'status',
    status: 429,
    ...(after !== undefined && { headers: { 'retry-after': after } }),
  });
  const backoff = { initialMs: 70_000, jitter: 0, factor: 1.2, maxMs: 190_000 };
  const seconds = (jumpsMs: readonly number[]) => jumpsMs.map((ms) => Math.round(ms / 1_000));

  it('are seconds, or a date by the clock of the server', () => {
    const wait = (after: string, date?: string) =>
      retryAfterMs(new Headers({ 'retry-after': after, ...(date !== undefined && { date }) }), NOW);
    expect(wait('0')).equal(0);
    expect(wait(' 120 ')).equal(120_000);
    expect(wait('0.25')).equal(250);
    expect(wait('Wed, 25 Nov 2026 09:02:00 GMT')).equal(120_000);
    expect(wait('Wednesday, 25-Nov-26 09:02:00 GMT')).equal(120_000);
    expect(wait('Wed Nov 25 09:02:00 2026')).equal(120_000);
    expect(wait('Wed, 25 Nov 2026 08:59:00 GMT')).equal(0);
    // Its clock is an hour behind this one.
    expect(wait('Wed, 25 Nov 2026 08:02:00 GMT', 'Wed, 25 Nov 2026 08:00:00 GMT')).equal(120_000);
    for (const nonsense of ['', '-1', 'soon', '5 minutes', 'foo 5', '1e3', 'Wednesday']) {
      expect(wait(nonsense), nonsense).equal(undefined);
    }
  });

  for (const after of ['0', '-1', 'Wed, 25 Nov 2020 08:00:00 GMT']) {
    it(`are growing ones where Retry-After is no wait at all: ${after}`, async () => {
      const time = jumping();
      server.fail(refusal(after), refusal(after));
      await firstValueFrom(client({ scheduler: time.scheduler, backoff }).json({ path: '/a' }));
      expect(seconds(time.jumpsMs)).deep.equal([70, 84]);
    });
  }

  it('do not grow with what was under way together', () => {
    const pace = new Pace();
    for (const nowMs of [NOW, NOW + 5, NOW + 10]) pace.heed(429, new Headers(), nowMs, backoff);
    expect(pace.waitMs(NOW + 10)).equal(70_000);
    pace.heed(429, new Headers(), NOW + 80_000, backoff);
    expect(pace.waitMs(NOW + 80_000)).equal(84_000);
    pace.heed(200, new Headers(), NOW + 200_000, backoff);
    pace.heed(429, new Headers(), NOW + 200_000, backoff);
    expect(pace.waitMs(NOW + 200_000)).equal(70_000);
  });

  it('hold those too who wait in line for the shared limit', async () => {
    const ready = new Subject<void>();
    let tokens = 1;
    const limit = { take: () => tokens > 0 && tokens-- > 0, ready: () => ready.pipe(take(1)) };
    const one = client({ limit, maxWaitMs: 1_000, attempts: 1 });
    server.fail(refusal('3000'));
    const first = firstValueFrom(one.json({ path: '/a' })).catch((error: unknown) => error);
    const second = firstValueFrom(one.json({ path: '/b' })).catch((error: unknown) => error);
    expect(await first).instanceOf(HttpRateLimitError);
    tokens = 1;
    await eventually(() => ready.observed);
    ready.next();
    expect(await second).instanceOf(HttpRateLimitError);
    expect(server.asked.length).equal(1);
  });

  it('outlive the client that was told so', async () => {
    const ask = () =>
      firstValueFrom(client({ maxWaitMs: 1_000 }).json({ path: '/a' })).catch((error: unknown) => error);
    server.fail(refusal('3000'));
    expect(await ask()).instanceOf(HttpRateLimitError);
    for (let i = 0; i < 5; i++) {
      await nextTurn();
      collect();
    }
    expect(await ask()).instanceOf(HttpRateLimitError);
    expect(server.asked.length).equal(1);
  });
});
