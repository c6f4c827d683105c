import { expect } from 'chai';
import { redisStore } from '../../../src/adapters/redis/index.ts';
import { parseUrl } from '../../../src/adapters/redis/parseUrl.ts';
import { settingsOf } from '../../../src/adapters/redis/settings.ts';
import { InvalidOptionError } from '../../../src/core/errors.ts';

describe('the URL of a Redis', () => {
  it('names sentinels, the master, a database and credentials of both kinds', () => {
    expect(
      parseUrl('rediss+sentinel://u:p%40w@h1:1,h2,[::1]:3/my%20master/2?sentinelUsername=s&sentinelPassword=t%26'),
    ).to.deep.equal({
      tls: true,
      username: 'u',
      password: 'p@w',
      db: 2,
      sentinelUsername: 's',
      sentinelPassword: 't&',
      sentinels: {
        master: 'my master',
        at: [
          { host: 'h1', port: 1 },
          { host: 'h2', port: 26_379 },
          { host: '::1', port: 3 },
        ],
      },
    });
  });

  it('names nodes of a Cluster', () => {
    const cluster = [
      { host: 'h1', port: 7_000 },
      { host: 'h2', port: 6_379 },
    ];
    for (const url of [
      'redis+cluster://:pw@h1:7000,h2',
      'redis+cluster://:pw@h1:7000,h2/',
      'redis+cluster://:pw@h1:7000,h2/0',
    ]) {
      expect(parseUrl(url)).to.deep.equal({ tls: false, password: 'pw', cluster });
    }
  });

  const WRONG: readonly (readonly [url: string, says: string])[] = [
    ['redis+cluster://u:hunter2@h1:7000/3', 'has database 0 only'],
    ['redis+cluster://u:hunter2@h1:7000?sentinelPassword=hunter2', 'redis+cluster://user'],
    ['redis+cluster://u:hunter2@h1:70000', 'redis+cluster://user'],
    ['redis+cluster://u:hunter2@h1:7000,', 'redis+cluster://user'],
    ['redis+cluster://', 'redis+cluster://user'],
    ['redis+sentinel://u:hunter2@h1:26379', 'the name of the master'],
    ['redis+sentinel://u:hunter2@h1/mymaster/x', 'redis+sentinel://user'],
    ['redis+sentinel://u:hunter2@h1/mymaster/1/2', 'redis+sentinel://user'],
    ['redis+sentinel://u:hunter2@h1/mymaster?password=hunter2', 'not password'],
    ['redis+sentinel://u:%hunter2@h1/mymaster', 'redis+sentinel://user'],
    ['redis+other://u:hunter2@h1', 'redis+sentinel://user'],
  ];
  for (const [url, says] of WRONG) {
    it(`is refused as ${url}, without the password`, () => {
      expect(() => redisStore({ url }))
        .to.throw(InvalidOptionError, says)
        .with.property('message')
        .that.does.not.include('hunter2');
    });
  }

  it('goes with no host, port or path beside it if it names several servers, and with no database on a Cluster', () => {
    for (const options of [{ host: 'h' }, { port: 1 }, { path: '/s' }]) {
      const [option = ''] = Object.keys(options);
      expect(() => redisStore({ url: 'redis+cluster://h1', ...options })).to.throw(InvalidOptionError, option);
      expect(() => redisStore({ url: 'redis+sentinel://h1/m', ...options })).to.throw(InvalidOptionError, option);
    }
    expect(() => redisStore({ url: 'redis+cluster://h1', db: 1 })).to.throw(InvalidOptionError, 'no other database');
  });

  it('says where the first of several servers is, and names all of them in messages', () => {
    expect(redisStore({ url: 'redis+cluster://h1:7000,h2:7001' }).server).to.deep.equal({ address: 'h1', port: 7_000 });
    expect(settingsOf({ url: 'redis+sentinel://h1,h2:2/m' }).where).to.equal('m (by h1:26379,h2:2)');
  });
});
