import { expect } from 'chai';
import { z } from 'zod';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { type Bus, connect, type Notice } from '../../src/index.ts';
import {
  datagovService,
  dbnomicsService,
  endpoint,
  pagedEndpoint,
  service,
  serviceClient,
} from '../../src/services/index.ts';
import { errorOf } from '../support/expectComplaint.ts';

const Nothing = z.strictObject({});
const endpoints = { 'clock.now': endpoint({ params: Nothing, run: () => 12 }) };

describe('options of services', () => {
  let bus: Bus;
  beforeEach(async () => {
    bus = await connect();
  });
  afterEach(() => bus.close());
  const client = () => serviceClient<Record<string, never>>(bus);

  const misuses: readonly (readonly [string, () => unknown, string])[] = [
    ['a bus that was not waited for', () => dbnomicsService(connect() as never), 'await connect(…)'],
    ['no bus', () => datagovService(undefined as never), 'bus is undefined'],
    ['a client of no bus', () => serviceClient(undefined as never), 'bus is undefined'],
    ['a service of no bus', () => service({} as never, { name: 'clock', endpoints }), 'bus is {}'],
    [
      'one that is misspelt',
      () => service(bus, { name: 'clock', endpoints, concurency: 3 } as never),
      'the nearest is concurrency',
    ],
    [
      'one of a data service that is misspelt',
      () => dbnomicsService(bus, { rateLimt: {} } as never),
      'the nearest is rateLimit',
    ],
    ['what belongs into api', () => dbnomicsService(bus, { fetch } as never), 'api'],
    [
      'a key of the API that is misspelt',
      () => datagovService(bus, { api: { kei: 'x' } } as never),
      'the nearest is key',
    ],
    ['a limit that is a number', () => dbnomicsService(bus, { rateLimit: 5 } as never), 'rateLimit is 5'],
    [
      'bounds in place of a cache',
      () => service(bus, { name: 'clock', endpoints, cache: {} } as never),
      'bus.cache({ name })',
    ],
    [
      'a policy that is misspelt',
      () => endpoint({ params: Nothing, run: () => 1, cache: { ttl: 5 } } as never),
      'the nearest is ttlMs',
    ],
    ['no concurrency', () => service(bus, { name: 'clock', endpoints, concurrency: 0 }), 'concurrency is 0'],
    [
      'a time of a request that is misspelt',
      () => client().request$('clock.now', {} as never, { timeout: 5 } as never),
      'timeoutMs',
    ],
  ];
  for (const [title, misuse, message] of misuses) {
    it(`refuse ${title}`, () => {
      expect(misuse).throw(InvalidOptionError, message);
    });
  }

  it('say that what is to be items is none', async () => {
    const notices: string[] = [];
    const all = pagedEndpoint({ params: Nothing, run: () => 5 as never });
    const notify = ({ message }: Notice) => void notices.push(message);
    await using _running = service(bus, { name: 'clock', endpoints: { 'clock.all': all }, notify });
    const error = await errorOf(() => client().request('clock.all', {} as never));
    expect(error).property('code', 'INTERNAL');
    expect(notices[0]).include('run gave 5: it takes an iterable');
  });
});
