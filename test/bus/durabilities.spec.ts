import { expect } from 'chai';
import { durabilities } from '../../src/bus/durabilities.ts';

const publish = { timeoutMs: 5_000 };

describe('durabilities', () => {
  it('asks for nothing by default', () => {
    expect(durabilities({ streams: { orders: {} }, publish })('orders.0')).to.equal(undefined);
    expect(durabilities({ streams: {}, publish, durability: 'memory' })('main.0')).to.equal(undefined);
  });

  it('is that of every stream that says nothing of its own, answers to requests left out', () => {
    const of = durabilities({
      streams: { orders: {}, ticks: { durability: 'memory' } },
      publish,
      durability: 'replicated',
    });
    const expected = { level: 'replicated', replicas: 1, timeoutMs: 5_000 };
    expect([of('main.0'), of('orders.3')]).to.deep.equal([expected, expected]);
    expect([of('ticks.0'), of('replies.0')]).to.deep.equal([undefined, undefined]);
  });

  it('asks one replica for replicated, and none for fsync, unless told otherwise', () => {
    const streams = {
      disk: { durability: 'fsync' },
      both: { durability: 'fsync', replicas: 1 },
      own: { replicas: 3 },
      same: {},
    } as const;
    const of = durabilities({ streams, publish, durability: 'replicated', replicas: 2 });
    const counts = ['disk.0', 'both.0', 'own.0', 'same.0', 'main.0'].map((stream) => of(stream)?.replicas);
    expect(counts).to.deep.equal([0, 1, 3, 2, 2]);
  });
});
