import { expect } from 'chai';
import { redisFixture } from '../support/redisFixture.ts';
import { rollingRestarts } from '../support/rollingRestarts.ts';

describe('consumers restarted one after another under full load', () => {
  const redis = redisFixture();

  it('handle every message, each once', async function () {
    this.timeout(120_000);
    const { restarts, lost, duplicated, notices } = await rollingRestarts(redis.server.url, 3);
    expect({ restarts, lost, duplicated }).to.deep.equal({ restarts: 3, lost: 0, duplicated: 0 });
    expect(notices).to.deep.equal([]);
  });
});
