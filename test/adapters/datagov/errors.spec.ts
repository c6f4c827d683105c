import { inspect } from 'node:util';
import { expect } from 'chai';
import { firstValueFrom, lastValueFrom, type Observable, toArray } from 'rxjs';
import {
  DatagovCursorError,
  DatagovKeyError,
  DatagovNotFoundError,
  type DatagovOptions,
  DatagovRequestError,
  datagov,
  HttpCircuitOpenError,
  HttpContentError,
  HttpNetworkError,
  HttpRateLimitError,
  HttpRedirectError,
  HttpStatusError,
  HttpTimeoutError,
  HttpTooLargeError,
} from '../../../src/adapters/datagov/index.ts';
import { DatagovServer, GOOD_KEY, generatedHit, recorded } from '../../support/datagovServer.ts';
import { eventually } from '../../support/eventually.ts';
import type { Fault } from '../../support/faultyHttp.ts';
import { jumping } from '../../support/jumping.ts';
import { startTracing } from '../../support/tracing.ts';
import { warningsOf } from '../../support/warnings.ts';

const all = <T>(source: Observable<T>) => lastValueFrom(source.pipe(toArray()));
const failure = async (source: Observable<unknown>): Promise<Error & { readonly code?: string }> => {
  try {
    await all(source);
  } catch (error) {
    return error as Error;
  }
  throw new Error('it succeeded');
};

describe('errors of Data.gov', () => {
  let server: DatagovServer;
  beforeEach(async () => {
    server = await DatagovServer.start();
  });
  afterEach(() => server.stop());
  const api = (options: DatagovOptions = {}) =>
    datagov({ ...server.direct, backoff: { initialMs: 1 }, attempts: 2, ...options });
  const byGateway = (options: DatagovOptions = {}) =>
    datagov({ ...server.gateway, backoff: { initialMs: 1 }, attempts: 2, ...options });

  describe('the server has the words of the recordings', () => {
    const request: Readonly<Record<string, readonly string[]>> = {
      '/search?per_page=0|1001|-5': ['/search?per_page=0', '/search?per_page=1001', '/search?per_page=-5'],
      '/harvest_record/<bad or unknown>': [
        '/harvest_record/bad',
        '/harvest_record/1707633b-78a4-449c-91f3-b74b0cf3c0cb',
      ],
      '/api/location/<unknown>': ['/api/location/999'],
      '/api/<unmatched>': ['/api/nope'],
    };
    for (const row of recorded('errors.json').catalog) {
      it(`${row.status} of ${row.request}`, async () => {
        for (const path of request[row.request] ?? [row.request]) {
          const reply = await fetch(server.http.url + path);
          expect(reply.status).equal(row.status);
          if (row.body) expect(await reply.json()).deep.equal(row.body);
          else expect([reply.headers.get('content-type'), await reply.text()]).deep.equal([row.content_type, HTML]);
        }
      });
    }
    for (const row of recorded('errors.json').gateway) {
      it(`${row.status} ${row.body.error.code} of the gateway`, async () => {
        const { code } = row.body.error;
        if (code === 'OVER_RATE_LIMIT') Object.assign(server, { remaining: 0, retryAfter: '60' });
        const headers = code === 'API_KEY_MISSING' ? {} : { 'x-api-key': code === 'OVER_RATE_LIMIT' ? GOOD_KEY : 'no' };
        const reply = await fetch(`${server.gateway.baseUrl}/search`, { headers });
        expect(reply.status).equal(row.status);
        expect(await reply.json()).deep.equal(row.body);
        for (const name of Object.keys(row.headers ?? {})) expect(reply.headers.has(name), name).equal(true);
      });
    }
    const HTML = '<html><body><h1>Server Error</h1></body></html>';
  });

  it('400: in the API’s words', async () => {
    const body = JSON.stringify({ error: 'Search failed', message: 'per_page must be between 1 and 1000' });
    server.http.fail({ kind: 'status', status: 400, body });
    const error = await failure(api().search());
    expect(error).instanceOf(DatagovRequestError).include({
      message: 'per_page must be between 1 and 1000',
      code: 'DATAGOV_REQUEST',
    });
    expect(server.http.asked.length).equal(1);
  });

  it('404: of a dataset in its own envelope, of harvest records, of locations', async () => {
    const words = [
      [api().dataset('nope'), 'nothing found'],
      [api().harvestRecord('bad'), 'Not Found'],
      [api().harvestRaw('1707633b-78a4-449c-91f3-b74b0cf3c0cb'), 'Not Found'],
      [api().harvestTransformed('c4d2afc2-0d60-4a75-9a68-46c6a3dec87f'), 'Not Found'],
      [api().location('999'), 'Location not found'],
    ] as const;
    for (const [source, said] of words) {
      const error = await failure(source);
      expect(error).instanceOf(DatagovNotFoundError).property('code', 'DATAGOV_NOT_FOUND');
      expect(error.message).contain(said).contain(server.http.url);
    }
    expect(server.http.asked.length).equal(5);
  });

  it('500 with HTML at a cursor of the caller’s', async () => {
    // It can be decoded, so that it is sent, and the server fails on it as on those of another release.
    server.http.fail({ kind: 'html', status: 500 }, { kind: 'html', status: 500 });
    const error = await failure(api().search({ after: 'WzEsMiwieCJd' }));
    expect(error).instanceOf(DatagovCursorError).property('code', 'DATAGOV_CURSOR');
    expect(server.http.asked.length).equal(2);
  });

  it('500 with HTML or JSON anywhere else: tried again, then said', async () => {
    server.docs = [generatedHit(1), generatedHit(2)];
    const body = JSON.stringify({ error: 'Failed to fetch keywords', message: 'An internal error has occurred.' });
    server.http.fail({ kind: 'html', status: 502 });
    expect((await all(api().search())).length).equal(2);
    server.http.fail({ kind: 'status', status: 500, body }, { kind: 'status', status: 500, body });
    const error = await failure(api().keywords());
    expect(error).instanceOf(HttpStatusError).include({ status: 500 });
    expect(error).property('body').deep.equal(JSON.parse(body));
    // The cursor of a page that came just now is not the one at fault.
    const walk = api().search({ pageSize: 1 })[Symbol.asyncIterator]();
    await walk.next();
    server.http.fail({ kind: 'html', status: 500 }, { kind: 'html', status: 500 });
    expect(await walk.next().catch((thrown: unknown) => thrown)).instanceOf(HttpStatusError);
  });

  describe('of the key', () => {
    for (const [code, key, remedy] of [
      ['API_KEY_INVALID', 'wrong', 'copied whole'],
      ['API_KEY_DISABLED', 'off', 'switched off'],
      ['API_KEY_UNVERIFIED', 'new', 'follow the link'],
      ['API_KEY_UNAUTHORIZED', 'other', 'not for this API'],
    ] as const) {
      it(`${code}, with what to do`, async () => {
        server.keys.set('off', 'DISABLED').set('new', 'UNVERIFIED').set('other', 'UNAUTHORIZED');
        const error = await failure(byGateway({ key }).search());
        expect(error).instanceOf(DatagovKeyError).include({ code: 'DATAGOV_KEY', keyCode: code });
        expect(error.message).contain(code).contain(remedy);
        expect(server.http.asked.length).equal(1);
      });
    }

    it('API_KEY_MISSING, when something on the way takes the header', async () => {
      const stripping: typeof fetch = (input, init) => fetch(input, { ...init, headers: {} });
      const error = await failure(byGateway({ fetch: stripping }).search());
      expect(error).instanceOf(DatagovKeyError).property('message').contain('set DATAGOV_API_KEY');
    });

    it('any other 403 is what it is', async () => {
      server.http.fail({ kind: 'html', status: 403 });
      expect(await failure(byGateway().search()))
        .instanceOf(HttpStatusError)
        .include({ status: 403 });
    });
  });

  describe('the key', () => {
    const before = process.env['DATAGOV_API_KEY'];
    afterEach(() => {
      if (before === undefined) delete process.env['DATAGOV_API_KEY'];
      else process.env['DATAGOV_API_KEY'] = before;
    });
    const sent = async (options: DatagovOptions) => {
      server.docs = [];
      await all(datagov({ baseUrl: server.gateway.baseUrl, ...options }).search());
      return server.http.asked.at(-1)?.headers['x-api-key'];
    };

    it('is the option, else the environment’s, else DEMO_KEY', async () => {
      process.env['DATAGOV_API_KEY'] = GOOD_KEY;
      expect(await sent({})).equal(GOOD_KEY);
      server.keys.set('mine', 'good');
      expect(await sent({ key: 'mine' })).equal('mine');
      process.env['DATAGOV_API_KEY'] = '';
      expect(await sent({})).equal('DEMO_KEY');
      expect(server.http.asked.every(({ url }) => !url.search.includes('api_key'))).equal(true);
    });

    it('goes to the gateway only, not to the catalog, nor to where files are', async () => {
      process.env['DATAGOV_API_KEY'] = GOOD_KEY;
      server.docs = [];
      await all(api().search());
      server.files.set('a.csv', { body: 'a\n1\n', type: 'text/csv' });
      await all(byGateway().download(server.file('a.csv')));
      expect(server.http.asked.map(({ headers }) => headers['x-api-key'])).deep.equal([undefined, undefined]);
    });

    it('is shown nowhere', async () => {
      const tracing = startTracing();
      const echo = `{"error":{"code":"API_KEY_INVALID","message":"no ${GOOD_KEY}"}}`;
      const to = `${server.http.url}/?api_key=${encodeURIComponent(GOOD_KEY)}`;
      const faults: Fault[] = [
        { kind: 'status', status: 403, body: echo },
        { kind: 'status', status: 400, body: JSON.stringify({ message: GOOD_KEY }) },
        { kind: 'status', status: 404, body: JSON.stringify({ error: GOOD_KEY }) },
        { kind: 'text', body: `<html>${GOOD_KEY}` },
        { kind: 'redirect', to },
      ];
      const errors: Error[] = [];
      for (const fault of faults) {
        server.http.fail(fault);
        errors.push(await failure(byGateway().organizations()));
      }
      const spans = tracing.spans.map(({ name, attributes, status, events }) => ({ name, attributes, status, events }));
      await tracing.stop();
      expect(spans.length).equal(5);
      for (const shown of [...errors, spans].map((one) => inspect(one, { depth: 9, showHidden: true }))) {
        expect(shown).not.contain(GOOD_KEY).not.contain(encodeURIComponent(GOOD_KEY));
      }
      expect(() => byGateway({ key: `${GOOD_KEY}\n` }))
        .throw(/key is '\*{3}'/)
        .not.match(/SECRET/);
    });
  });

  describe('of the gateway’s limit', () => {
    it('is known from the headers', async () => {
      server.docs = [];
      const one = byGateway();
      expect(one.limit).keys('limit', 'remaining');
      await all(one.search());
      expect(one.limit).deep.equal({ limit: 1_000, remaining: 999 });
    });

    it('is waited for as long as Retry-After says', async () => {
      server.docs = [];
      const time = jumping();
      Object.assign(server, { remaining: 0, retryAfter: '120' });
      time.onJump = () => Object.assign(server, { remaining: 10 });
      await all(byGateway({ scheduler: time.scheduler }).search());
      expect(time.jumpsMs.length).equal(1);
      expect(time.jumpsMs[0]).within(110_000, 120_000);
    });

    it('is waited for in growing waits when nothing says how long', async () => {
      server.docs = [];
      const time = jumping();
      server.remaining = 0;
      time.onJump = () => {
        if (time.jumpsMs.length === 3) server.remaining = 10;
      };
      const backoff = { initialMs: 70_000, jitter: 0, factor: 1.2, maxMs: 190_000 };
      await all(byGateway({ scheduler: time.scheduler, backoff, attempts: 5, key: 'DEMO_KEY' }).search());
      expect(time.jumpsMs.map((ms) => Math.round(ms / 1_000))).deep.equal([70, 84, 101]);
    });

    it('fails at once what would wait longer than maxWaitMs, for all who use the key', async () => {
      Object.assign(server, { remaining: 0, retryAfter: '3000' });
      server.keys.set('shared', 'good');
      const error = await failure(byGateway({ key: 'shared' }).search());
      expect(error).instanceOf(HttpRateLimitError).include({ retryable: false, code: 'HTTP_RATE_LIMIT' });
      expect((error as HttpRateLimitError).retryAfterMs).within(2_900_000, 3_000_000);
      expect(await failure(byGateway({ key: 'shared' }).organizations())).instanceOf(HttpRateLimitError);
      expect(server.http.asked.length).equal(1);
    });

    it('says of DEMO_KEY what it allows, and how to get a key', async () => {
      Object.assign(server, { remaining: 0, retryAfter: '2000' });
      const error = await failure(byGateway({ key: 'DEMO_KEY' }).search());
      expect(error).instanceOf(HttpRateLimitError).property('message').contain('30 requests an hour and 50 a day');
      expect(error.message).contain('https://api.data.gov/signup');
    });
  });

  describe('of faults', () => {
    const twice = (fault: Fault) => server.http.fail(fault, fault);
    const rows: readonly (readonly [string, Fault, abstract new (...args: never[]) => Error, DatagovOptions])[] = [
      ['a cut connection', { kind: 'cut' }, HttpNetworkError, {}],
      ['a reset', { kind: 'reset' }, HttpNetworkError, {}],
      ['a server that never answers', { kind: 'silent' }, HttpTimeoutError, { responseMs: 50 }],
      ['a body that stalls', { kind: 'stalled' }, HttpTimeoutError, { idleMs: 50 }],
      ['slow loris', { kind: 'drip' }, HttpTimeoutError, { totalMs: 150 }],
      [
        'a gzip bomb',
        { kind: 'bomb', encoding: 'gzip', bytes: 50_000_000 },
        HttpTooLargeError,
        { maxBodyBytes: 1_000_000 },
      ],
      ['a reply of 2 GB', { kind: 'huge', bytes: 2 * 1024 ** 3 }, HttpTooLargeError, { maxBodyBytes: 1_000_000 }],
      ['wrong JSON', { kind: 'text', body: '{"results":[' }, HttpContentError, {}],
      ['HTML with a 200', { kind: 'html', status: 200 }, HttpContentError, {}],
    ];
    for (const [name, fault, kind, options] of rows) {
      it(`${name}: ${kind.name}`, async () => {
        twice(fault);
        const error = await failure(api(options).search());
        expect(error).instanceOf(kind);
        const tries = Reflect.get(error, 'retryable') === true ? 2 : 1;
        expect(server.http.asked.length).equal(tries);
        if (fault.kind !== 'huge') return;
        await eventually(() => server.http.left === 1);
        expect(server.http.written).lessThan(100_000_000);
      });
    }

    it('a redirect loop: HttpRedirectError', async () => {
      server.http.fail(...Array.from({ length: 9 }, (): Fault => ({ kind: 'redirect', to: '/search' })));
      expect(await failure(api().search())).instanceOf(HttpRedirectError);
      expect(server.http.asked.length).equal(6);
    });

    it('too many in a row: HttpCircuitOpenError', async () => {
      server.http.fail(...Array.from({ length: 2 }, (): Fault => ({ kind: 'html', status: 503 })));
      const one = api({ attempts: 1, circuit: { failures: 2 } });
      await failure(one.organizations());
      await failure(one.organizations());
      expect(await failure(one.organizations())).instanceOf(HttpCircuitOpenError);
      expect(server.http.asked.length).equal(2);
    });
  });

  it('warns of DEMO_KEY once', async () => {
    // Others of this process may have been warned before.
    const [warning] = await warningsOf(0, () => firstValueFrom(byGateway({ key: 'DEMO_KEY' }).organizations()));
    if (warning) expect(warning.code).equal('SLUICE_DATAGOV_DEMO_KEY');
    expect(await warningsOf(0, () => byGateway({ key: 'DEMO_KEY' }))).deep.equal([]);
  });
});
