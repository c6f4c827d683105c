import { expect } from 'chai';
import { firstValueFrom, of, throwError } from 'rxjs';
import { connect, handle } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { metricPoints } from '../support/metricPoints.ts';

describe('metrics of a bus', () => {
  const read = metricPoints();

  /** The points of a metric, as [attributes of interest, value]. */
  async function points(name: string, ...attributes: string[]): Promise<unknown[]> {
    return (await read(name)).map((point) => [...attributes.map((each) => point.attributes[each]), point.value]);
  }

  it('have what its caches count, by their names', async () => {
    const bus = await connect({ name: 'cached' });
    const cache = bus.cache({ name: 'rates', maxEntries: 1 });
    for (const key of ['a', 'a', 'b']) await firstValueFrom(cache.get(key, () => of(1), { ttlMs: 60_000 }));
    cache.get('c', () => throwError(() => new Error('no')), { ttlMs: 1 }).subscribe({ error: () => undefined });
    const mine = async (name: string, ...more: string[]) =>
      (await points(name, 'messaging.client.id', 'sluice.cache.name', ...more)).map((point) =>
        (point as unknown[]).join(' '),
      );
    expect(await mine('sluice.cache.requests', 'sluice.cache.answer')).to.have.members([
      'cached rates hit 1',
      'cached rates miss 2',
      'cached rates stale 0',
      'cached rates bypass 0',
      'cached rates error 1',
    ]);
    expect(await mine('sluice.cache.flights')).to.deep.equal(['cached rates 3']);
    expect(await mine('sluice.cache.failed_flights')).to.deep.equal(['cached rates 1']);
    expect(await mine('sluice.cache.evictions')).to.deep.equal(['cached rates 1']);
    expect(await mine('sluice.cache.entries')).to.deep.equal(['cached rates 1']);
    expect(await mine('sluice.cache.size')).to.deep.equal(['cached rates 4']);
    await bus.close();
  });

  it('go to the MeterProvider that is registered, by the names of the conventions', async () => {
    const bus = await connect({ name: 'metered' });
    await bus.publishMany(Array.from({ length: 20 }, (_, data) => ({ topic: 'a.b', data })));
    bus
      .from('a.*', { group: 'g' })
      .pipe(handle(() => undefined))
      .subscribe((delivery) => delivery.ack());
    await eventually(() => expect(bus.metrics().consumed.ack).to.equal(20));
    const common = ['messaging.system.name', 'messaging.client.id', 'messaging.destination.name'];
    expect(await points('messaging.client.sent.messages', ...common)).to.deep.equal([
      ['memory', 'metered', 'main.0', 20],
    ]);
    expect(
      await points('messaging.client.consumed.messages', 'messaging.destination.name', 'messaging.consumer.group.name'),
    ).to.deep.equal([['main.0', 'g', 20]]);
    const settled = await points('sluice.settled.messages', 'sluice.outcome');
    expect(settled).to.deep.include.members([
      ['ack', 20],
      ['reject', 0],
    ]);
    expect(await points('sluice.in_hand', 'messaging.consumer.group.name')).to.deep.equal([['g', 0]]);
    const durations = await points('messaging.client.operation.duration', 'messaging.operation.name');
    expect(durations.map((each) => (each as unknown[])[0]).sort()).to.deep.equal(['send', 'settle']);
    await bus.close();
  });
});
