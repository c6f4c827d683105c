import { type Bus, connect, RequestFailedError } from '../../src/index.ts';
import {
  type DatagovEndpoints,
  type DbnomicsEndpoints,
  datagovService,
  dbnomicsService,
  type Reply,
  serviceClient,
} from '../../src/services/index.ts';
import { recorded } from './recorded.ts';

/*
 * DBnomics and Data.gov as services on a bus, and the ways to ask them. On recordings; with --live, of the APIs themselves.
 * With --store redis://… it runs on Redis: start it in several terminals, and they share the work and the cache.
 */
const args = process.argv.slice(2);
const live = args.includes('--live');
const store = args.includes('--store') ? args[args.indexOf('--store') + 1] : 'memory';
const reach = live ? { attempts: 2, responseMs: 10_000 } : { fetch: recorded };
console.log(live ? 'Asking DBnomics and Data.gov.' : 'On recordings: nothing leaves this machine.');

const EXR = 'ECB/EXR/D.USD.EUR.SP00.A';
const cbpol = { provider: 'BIS', dataset: 'cbpol', mask: 'M.' };

/** The least there is: parameters to a topic, the answer back. */
async function simply(bus: Bus): Promise<void> {
  const { items } = (await bus.request('dbnomics.series.fetch', { ids: [EXR] })) as { items: { id: string }[] };
  console.log(`bus.request: ${items.map(({ id }) => id).join(', ')}`);
}

/** Typed, in pages, urgent, and once again from the cache. */
async function typed(bus: Bus): Promise<void> {
  const client = serviceClient<DbnomicsEndpoints>(bus);
  await new Promise<void>((resolve, reject) =>
    client.request$('dbnomics.series.fetch', cbpol, { priority: 'critical', timeoutMs: 30_000 }).subscribe({
      next: (reply) => {
        if (reply.kind === 'page') console.log(`page ${reply.sequence}: ${reply.items.map(({ id }) => id).join(', ')}`);
        if (reply.kind === 'result') console.log(`result: ${reply.items} series in ${reply.pages} page`);
      },
      error: reject,
      complete: resolve,
    }),
  );
  const again = await client.request('dbnomics.series.fetch', cbpol);
  console.log(`again: ${again.items.length} series, ${again.cached?.state ?? 'fetched'}`);
}

/** As a strategy does it that goes on meanwhile: the answer comes as a message to a topic of its own. */
async function byCallback(bus: Bus): Promise<void> {
  const answered = new Promise<Reply>((resolve) => {
    bus.subscribe('strategies.macro.answers', { from: 'earliest' }).subscribe(({ data }) => {
      const reply = data as Reply;
      if (reply.kind === 'result' || reply.kind === 'error') resolve(reply);
    });
  });
  const request = {
    params: { q: 'climate', limit: 2 },
    callbackTopic: 'strategies.macro.answers',
    requestId: 'climate-1',
    cacheTtlMs: 600_000,
  };
  await bus.publish('datagov.datasets.search', request, { priority: 'high' });
  const { kind, requestId, topic } = await answered;
  console.log(`callback: ${kind} of ${requestId} on ${topic}`);
  const { items } = await serviceClient<DatagovEndpoints>(bus).request('datagov.datasets.search', request.params);
  for (const { title } of items) console.log(`  ${title}`);
}

/** What is wrong is told, with what it should be. */
async function wrongly(bus: Bus): Promise<void> {
  const error = await bus.request('dbnomics.series.fetch', { id: EXR }).catch((cause) => cause);
  if (!(error instanceof RequestFailedError)) throw error;
  console.log(`wrong: ${error.reply.code}: ${error.reply.message.slice(0, 120)}…`);
}

await using bus = await connect({ store: store ?? 'memory' });
await using dbnomics = dbnomicsService(bus, { api: reach, rateLimit: { rate: 5, burst: 5 } });
await using datagov = datagovService(bus, { api: { ...reach, via: 'direct' } });
try {
  for (const show of [simply, typed, byCallback, wrongly]) await show(bus);
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause);
  process.exitCode = 1;
}

for (const service of [dbnomics, datagov]) {
  const { status } = await service.health();
  const all = Object.values(service.metrics().endpoints);
  const sum = (name: 'requests' | 'answered' | 'cached') => all.reduce((total, counts) => total + counts[name], 0);
  console.log(
    `${service.name}: ${status}; ${sum('requests')} requests, ${sum('answered')} answered, ${sum('cached')} of them from the cache`,
  );
}
