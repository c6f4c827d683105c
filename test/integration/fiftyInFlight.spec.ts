import { setImmediate as nextTurn } from 'node:timers/promises';
import { context, type Span, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { expect } from 'chai';
import { defer, map, type Observable, timer } from 'rxjs';
import { type Bus, batch, handle, pipeline, stage } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';
import { startTracing, type Tracing } from '../support/tracing.ts';

const MESSAGES = 50;

/** The ambient span, as the handler of one message found it. */
interface Sighting {
  readonly message: number;
  readonly spanId: string | undefined;
}

describe('fifty messages in flight, each under a parent of its own', () => {
  let tracing: Tracing;
  let sightings: Sighting[];
  beforeEach(() => {
    tracing = startTracing();
    sightings = [];
  });
  afterEach(() => tracing.stop());

  function look(message: number): void {
    sightings.push({ message, spanId: trace.getSpanContext(context.active())?.spanId });
  }

  /** Answers at once, some turns later, or as an Observable: so that they end in another order than they began. */
  function check(message: number): unknown {
    look(message);
    if (message % 5 === 0) return message;
    if (message % 5 === 1) return observed(message);
    return (async () => {
      for (let turn = message % 9; turn > 0; turn--) await nextTurn();
      look(message);
      return message;
    })();
  }

  function observed(message: number): Observable<number> {
    return defer(() => {
      look(message);
      return timer(message % 7).pipe(map(() => message));
    });
  }

  async function publishAll(bus: Bus): Promise<readonly Span[]> {
    const tracer = trace.getTracer('test');
    const parents = Array.from({ length: MESSAGES }, (_, i) => tracer.startSpan(`parent ${i}`));
    const published = parents.map((parent, i) =>
      context.with(trace.setSpan(context.active(), parent), () => bus.publish('ticks.new', i)),
    );
    await Promise.all(published);
    for (const parent of parents) parent.end();
    return parents;
  }

  function spanOf(spanId: string | undefined): ReadableSpan | undefined {
    return tracing.spans.find((span) => span.spanContext().spanId === spanId);
  }

  /** The names from a span up to its root. */
  function ancestry(span: ReadableSpan | undefined): readonly string[] {
    return span === undefined ? [] : [span.name, ...ancestry(spanOf(span.parentSpanContext?.spanId))];
  }

  onEachStore((world) => {
    for (const concurrency of [1, 5, 10]) {
      it(`each handler of ${concurrency} sees its own message's span, before and after it waits`, async () => {
        const bus = await world.connect();
        await using running = pipeline(
          'ticks',
          bus.from('ticks.*', { group: 'ticks' }),
          stage(
            'check',
            handle((tick) => check(tick as number), { concurrency }),
          ),
        ).run();
        await publishAll(bus);
        await eventually(() => running.counts.settled.ack === MESSAGES);

        expect(new Set(sightings.map(({ message }) => message)).size).to.equal(MESSAGES);
        for (const { message, spanId } of sightings) {
          const own = ['check', 'process ticks.*', 'publish main.0', `parent ${message}`];
          expect(ancestry(spanOf(spanId)), `message ${message}`).to.deep.equal(own);
        }
        const inOneTrace = new Set(tracing.spans.map((span) => span.spanContext().traceId));
        expect([inOneTrace.size, tracing.spans.length]).to.deep.equal([MESSAGES, 4 * MESSAGES]);
      });
    }

    it('a batch has a root of its own with a link into the trace of every member', async () => {
      const bus = await world.connect();
      const parents = await publishAll(bus);
      const batches: { readonly ticks: readonly number[]; readonly spanId: string | undefined }[] = [];
      const write = (ticks: readonly unknown[]) => {
        batches.push({ ticks: ticks as number[], spanId: trace.getSpanContext(context.active())?.spanId });
      };
      await using running = pipeline(
        'ticks',
        bus.from('ticks.*', { group: 'ticks' }),
        stage(
          'check',
          handle((tick) => check(tick as number), { concurrency: 7 }),
        ),
        stage('gather', batch({ maxSize: 10 })),
        stage('write', handle(write, { concurrency: 5 })),
        stage('store', bus.to('stored.ticks')),
      ).run();
      await eventually(() => running.counts.settled.ack === MESSAGES);

      expect(batches.map(({ ticks }) => ticks.length)).to.deep.equal([10, 10, 10, 10, 10]);
      for (const { ticks, spanId } of batches) {
        const span = spanOf(spanId);
        expect(ancestry(span)).to.deep.equal(['write']);
        const linked = span?.links.map((link) => link.context.traceId);
        expect(linked).to.deep.equal(ticks.map((tick) => parents[tick]?.spanContext().traceId));
        for (const link of span?.links ?? [])
          expect(ancestry(spanOf(link.context.spanId))[1]).to.equal('process ticks.*');
        expect(span?.attributes['messaging.batch.message_count']).to.equal(10);
      }
      const stored = tracing.spans.filter((span) => ancestry(span)[1] === 'store');
      expect(stored.map(({ name, links }) => [name, links.length])).to.deep.equal(Array(5).fill(['publish main.0', 0]));
    });
  });
});
