import { expect } from 'chai';
import { parseOptions } from '../../../src/cli/dlq/options.ts';
import { UsageError } from '../../../src/cli/usageError.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const parse = (...args: string[]) => parseOptions(args, { SLUICE_STORE: 'redis://localhost' }, NOW);

describe('options of sluice dlq', () => {
  it('are complete, with what the environment says', () => {
    expect(parse('list')).to.deep.include({
      command: 'list',
      store: 'redis://localhost',
      namespace: 'sluice',
      stream: 'main',
      which: 'all',
      limit: 100,
    });
  });

  it('make a filter', () => {
    const args = ['--id', '1-1', '--id', '2-1', '--group', 'g', '--since', '24h', '--until', '2026-11-25T10:00:00Z'];
    expect(parse('replay', ...args)?.which).to.deep.equal({
      ids: ['1-1', '2-1'],
      group: 'g',
      since: NOW - 86_400_000,
      until: NOW - 7_200_000,
    });
    expect(parse('purge', '--all')?.which).to.equal('all');
  });

  it('are help where that is asked for, or nothing', () => {
    expect(parse('--help')).to.equal(undefined);
    expect(parse()).to.equal(undefined);
  });

  const wrong = [
    [['lsit'], "'lsit'"],
    [['show'], 'one id'],
    [['list', '1-1'], "'1-1' is left over"],
    [['replay'], '--all'],
    [['purge', '--all', '--group', 'g'], '--all and a filter'],
    [['list', '--yes'], '--yes says nothing to list: it is for purge'],
    [['list', '--limit', 'x'], "--limit is 'x'"],
    [['replay', '--all', '--rate', '0'], "--rate is '0'"],
    [['replay', '--all', '--data', '{'], '--data is no JSON'],
    [['list', '--since', 'yesterday'], "--since is 'yesterday'"],
    [['list', '--no-such'], '--no-such'],
    [['list', '--store', 'http://x'], '--store takes'],
    [['list', '--store', 'memory'], '--store takes'],
  ] as const;
  for (const [args, says] of wrong) {
    it(`are refused: ${args.join(' ')}`, () => {
      expect(() => parse(...args)).to.throw(UsageError, says);
    });
  }

  it('need a store', () => {
    expect(() => parseOptions(['list'], {}, NOW)).to.throw(UsageError, 'SLUICE_STORE');
  });
});
