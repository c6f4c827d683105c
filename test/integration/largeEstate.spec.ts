import { expect } from 'chai';
import { takeOverEstate } from '../support/estate.ts';
import { redisFixture } from '../support/redisFixture.ts';

const ENTRIES = 50_000;
/** What a credit of messages takes, and what the collector has not collected yet; all of them at once would be more. */
const MOST_BYTES = 200_000_000;

describe('a long list of pending entries that a dead consumer left', () => {
  const redis = redisFixture();
  beforeEach(() => redis.outside.flushall());

  for (const ordered of [false, true]) {
    it(`is taken over to its end, each entry once${ordered ? ', in order of keys' : ''}`, async function () {
      this.timeout(60_000);
      const report = await takeOverEstate({ url: redis.server.url, entries: ENTRIES, ordered });
      expect(report).to.deep.include({ handled: ENTRIES, twice: 0 });
      expect(report.grownBytes).to.be.lessThan(MOST_BYTES);
      expect(report.takes, 'page by page').to.be.greaterThan(ENTRIES / 1_000 / 4);
    });
  }
});
