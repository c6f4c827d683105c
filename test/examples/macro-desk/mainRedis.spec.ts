import { expect } from 'chai';
import { Redis } from 'ioredis';
import { type RedisServer, startRedis } from '../../support/redisServer.ts';
import { RunFolder } from './support/runFolder.ts';
import { type MainRun, runMain } from './support/runMain.ts';

describe('macro-desk main on Redis', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  before(async () => {
    redis = await startRedis({ password: 'a secret' });
  });
  after(() => redis.stop());

  /** What it prints but for where it runs, how long things took, and where the results are. */
  const results = ({ lines }: MainRun) => {
    const table = lines.slice(
      1,
      lines.findIndex((line) => line.startsWith('one message')),
    );
    return [...table, lines.at(-1)?.replace(/ · p50.*/, '')];
  };

  it('gives the same results as embedded, to the digit, again and again, and leaves nothing behind', async () => {
    using embedded = new RunFolder();
    using first = new RunFolder();
    using second = new RunFolder();
    const inMemory = await runMain(['--repeat', '5', '--out', embedded.path]);
    const onRedis = await runMain(['--repeat', '5', '--out', first.path, '--store', redis.url]);
    const again = await runMain(['--repeat', '5', '--out', second.path, '--store', redis.url]);
    for (const { code, errors } of [inMemory, onRedis, again])
      expect({ code, errors }).to.deep.equal({ code: 0, errors: '' });
    expect(first.files()).to.deep.equal(embedded.files());
    expect(second.files()).to.deep.equal(embedded.files());
    expect(results(onRedis)).to.deep.equal(results(inMemory));
    expect(results(again)).to.deep.equal(results(inMemory));
    const client = new Redis(redis.url);
    expect(await client.dbsize()).to.equal(0);
    client.disconnect();
  });

  it('ends with 1 and one sentence, without the password, when the credentials are wrong', async () => {
    const { code, errors } = await runMain(['--store', `redis://:wrongSecret@127.0.0.1:${redis.port}`]);
    expect(code).to.equal(1);
    expect(errors.trim().split('\n')).to.have.lengthOf(1);
    expect(errors).to.include(`127.0.0.1:${redis.port}`).and.not.to.include('wrongSecret');
  });
});
