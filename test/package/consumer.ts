import { lastValueFrom, of, take, toArray } from 'rxjs';
import * as sluice from 'sluice';
import * as memory from 'sluice/adapters/memory';
import * as redis from 'sluice/adapters/redis';
import * as analytics from 'sluice/analytics';
import * as operators from 'sluice/operators';
import * as services from 'sluice/services';
import * as testing from 'sluice/testing';

interface Quote {
  readonly symbol: string;
  readonly price: number;
}

// Compiled twice, as ESM and as CommonJS: hence no top-level await.
async function main(): Promise<void> {
  for (const [name, entry] of Object.entries({ sluice, analytics, operators, services, testing, memory, redis })) {
    if (Object.keys(entry).length === 0) throw new Error(`${name} exports nothing`);
  }
  const store: sluice.StreamStore = memory.memoryStore();
  const bus: sluice.Bus = await sluice.connect({ store, consume: { credit: 10 } });
  const prices: number[] = [];
  const quotes = sluice.pipeline(
    'quotes',
    bus.from('data.quotes.*', { group: 'prices' }),
    sluice.stage(
      'price',
      operators.handle((data) => (data as Quote).price),
    ),
    sluice.stage(
      'keep',
      operators.handle((price: number) => void prices.push(price)),
    ),
  );
  const running = quotes.run();
  const seen = lastValueFrom(bus.subscribe('data.*').pipe(take(2), toArray()));
  await bus.publish('data.quotes.ETHUSDT', { symbol: 'ETHUSDT', price: 2500 } satisfies Quote);
  await bus.publish('data.quotes.BTCUSDT', { symbol: 'BTCUSDT', price: 90_000 } satisfies Quote, { priority: 'high' });
  if ((await seen).length !== 2) throw new Error('the live view saw something else');
  while (prices.length < 2) await new Promise((resolve) => setImmediate(resolve));
  const report: sluice.StopReport = await running.stop();
  if (!report.drained) throw new Error('not drained');
  const source = new testing.TestSource();
  of(source.deliver('x')).pipe(operators.acknowledge()).subscribe();
  if (source.log.join() !== 'ack x') throw new Error(`settled otherwise: ${source.log.join()}`);
  await bus.close();
  await lastValueFrom(store.close(), { defaultValue: undefined });
  console.log('consumer: ok');
}

void main();
