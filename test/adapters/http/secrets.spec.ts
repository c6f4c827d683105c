import { inspect } from 'node:util';
import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import {
  HttpChangedError,
  HttpClient,
  type HttpClientOptions,
  HttpRedirectError,
  shownAddress,
} from '../../../src/adapters/http/index.ts';
import { FaultyHttp } from '../../support/faultyHttp.ts';
import { fileAnswer } from '../../support/fileAnswer.ts';

const KEY = 'kEy+/SECRET-7f3a9';

describe('secrets', () => {
  let server: FaultyHttp;
  let body = Buffer.alloc(0);
  beforeEach(async () => {
    server = await FaultyHttp.start((asked) => fileAnswer({ body, etag: '"1"' }, asked));
  });
  afterEach(() => server.stop());
  const client = (options: Partial<HttpClientOptions> = {}) =>
    new HttpClient({ baseUrl: server.url, backoff: { initialMs: 1 }, ...options });
  const failed = async (options: Partial<HttpClientOptions> = {}, path = '/a') => {
    const error = await firstValueFrom(client(options).json({ path })).catch((thrown: unknown) => thrown);
    expect(error).instanceOf(Error);
    return error as Error;
  };
  const all = (error: unknown) => inspect(error, { depth: 9, showHidden: true });

  it('of an address that a redirect leads to are not shown, nor used', async () => {
    server.fail({ kind: 'redirect', to: 'http://me:hunter2@127.0.0.1:1/x' });
    const error = await failed();
    expect(error).instanceOf(HttpRedirectError);
    expect(all(error)).contain('user and password').and.not.contain('hunter2');
  });

  for (const [how, quoted] of [
    ['as JSON', JSON.stringify(KEY)],
    ['as JSON that escapes slashes', JSON.stringify(KEY).replaceAll('/', '\\/')],
    ['as JSON that escapes all it can', `"${[...KEY].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join('')}"`],
    ['within an address', JSON.stringify(encodeURIComponent(KEY))],
    [
      'within an address in small letters',
      JSON.stringify(encodeURIComponent(KEY).replace(/%../g, (one) => one.toLowerCase())),
    ],
  ] as const) {
    it(`that a refusal quotes ${how} are not shown`, async () => {
      server.fail({ kind: 'status', status: 400, body: `{"message":${quoted}}` });
      const error = await failed({ key: { header: 'X-Api-Key', value: KEY } });
      expect(all(error)).not.contain(KEY).not.contain(encodeURIComponent(KEY)).not.contain('SECRET-7f3a9');
      expect(error).property('body').deep.equal({ message: '***' });
    });
  }

  it('of an address are what their names say', () => {
    const secret = [
      'api_key',
      'apiKey',
      'key',
      '$$app_token',
      'X-Amz-Signature',
      'X-Amz-Security-Token',
      'X-Amz-Credential',
      'X-Goog-Signature',
      'AWSAccessKeyId',
      'sig',
      'client_secret',
      'subscription-key',
      'auth',
      'password',
    ];
    for (const name of secret) {
      const shown = shownAddress(new URL(`https://me:hunter2@x.org/a?${name}=hunter2&b=1&${name}=hunter2#hunter2`));
      expect(shown, name).match(/^https:\/\/x\.org\/a\?.*=\*\*\*&b=1$/);
    }
    const open = 'https://x.org/search?q=key&keyword=air&sort=relevance&after=WzFd&publisher=EPA&signal=1';
    expect(shownAddress(new URL(open))).equal(open);
  });

  it('of an address whose body was cut and has changed are not shown', async () => {
    body = Buffer.alloc(200_000, 'a');
    server.fail({ kind: 'cutAfter', bytes: 100_000 });
    const pieces = client().bytes({ path: new URL(`${server.url}/a?token=hunter2`) });
    await pieces.next();
    body = Buffer.alloc(10, 'a');
    const error = await (async () => {
      for await (const _ of pieces);
    })().catch((thrown: unknown) => thrown);
    expect(error).instanceOf(HttpChangedError);
    expect(all(error)).contain('/a?token=***').and.not.contain('hunter2');
  });
});
