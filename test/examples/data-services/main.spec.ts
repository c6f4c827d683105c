import { expect } from 'chai';
import { type RedisServer, startRedis } from '../../support/redisServer.ts';
import { runExample } from './support/runExample.ts';

const LINES = [
  'On recordings: nothing leaves this machine.',
  'bus.request: ECB/EXR/D.USD.EUR.SP00.A',
  'page 0: BIS/cbpol/M.AR, BIS/cbpol/M.IN, BIS/cbpol/M.US',
  'result: 3 series in 1 page',
  'again: 3 series, hit',
  'callback: result of climate-1 on datagov.datasets.search',
  '  NYC Climate Budgeting Report: Climate Alignment Assessment and Capital Climate Investments',
  '  NYS Climate Impacts Assessment: Climate Change Projections',
];

describe('the example of data services', () => {
  let server: RedisServer;
  before(async () => {
    server = await startRedis();
  });
  after(() => server.stop());

  for (const on of ['memory', 'Redis']) {
    it(`asks in every way, on ${on}`, async function () {
      this.timeout(30_000);
      const { code, lines, errors } = await runExample(on === 'Redis' ? ['--store', server.url] : []);
      expect(errors).equal('');
      expect(lines.slice(0, LINES.length)).deep.equal(LINES);
      expect(lines[LINES.length]).match(/^wrong: INVALID_PARAMS: the parameters .* are not as they should be: /);
      expect(lines.slice(LINES.length + 1)).deep.equal([
        'dbnomics: healthy; 4 requests, 3 answered, 1 of them from the cache',
        'datagov: healthy; 2 requests, 2 answered, 1 of them from the cache',
      ]);
      expect(code).equal(0);
    });
  }
});
