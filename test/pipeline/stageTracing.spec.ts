import { context, diag, propagation, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace';
import { expect } from 'chai';
import {
  filter,
  from,
  lastValueFrom,
  map,
  mergeMap,
  type Observable,
  type OperatorFunction,
  of,
  pipe,
  Subject,
  tap,
} from 'rxjs';
import type { Batch, Delivery } from '../../src/core/delivery.ts';
import { batch } from '../../src/operators/batch.ts';
import { handle } from '../../src/operators/handle.ts';
import { mapData } from '../../src/operators/mapData.ts';
import { splitData } from '../../src/operators/splitData.ts';
import { where } from '../../src/operators/where.ts';
import { stage } from '../../src/pipeline/stage.ts';
import { activeTracer } from '../../src/telemetry/tracer.ts';
import { withoutStages } from '../../src/telemetry/tracingSwitches.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { startTracing, type Tracing } from '../support/tracing.ts';

/** An operator that does nothing. */
const same = <T>(source: Observable<T>): Observable<T> => source;

describe('stage, traced', () => {
  let tracing: Tracing;
  let source: TestSource;
  beforeEach(() => {
    tracing = startTracing();
    source = new TestSource();
  });
  afterEach(() => tracing.stop());

  /** A delivery with a CONSUMER span of its own, as a source would give it out. */
  function traced<T>(data: T): Delivery<T> {
    const span = activeTracer()?.startSpan(`process ${data}`);
    return source.deliver(data, span ? { context: trace.setSpan(ROOT_CONTEXT, span) } : {});
  }

  function consume<T, R>(deliveries: Delivery<T>[], operator: OperatorFunction<Delivery<T>, R>): R[] {
    const out: R[] = [];
    from(deliveries)
      .pipe(operator)
      .subscribe((value) => out.push(value));
    return out;
  }

  const spanIdOf = (delivery: Delivery) => trace.getSpanContext(delivery.context)?.spanId;
  const parentOf = (name: string) => tracing.span(name).parentSpanContext?.spanId;

  it('makes the stages of a delivery siblings, children of what it came with', () => {
    const delivery = traced('a');
    const parse = stage(
      'parse',
      mapData((text: string) => text.length),
    );
    const [out] = consume(
      [delivery],
      pipe(
        parse,
        stage(
          'check',
          where((size: number) => size > 0),
        ),
      ),
    );
    expect(parentOf('parse')).to.equal(spanIdOf(delivery));
    expect(parentOf('check')).to.equal(spanIdOf(delivery));
    expect(out?.context).to.equal(delivery.context);
    expect(tracing.span('parse').attributes).to.deep.equal({ 'sluice.stage': 'parse' });
  });

  it('runs the operator inside its span', () => {
    let inside: string | undefined;
    const look = tap((delivery: Delivery<string>) => {
      inside = spanIdOf(delivery);
    });
    consume([traced('a')], stage('look', look));
    expect(inside).to.equal(tracing.span('look').spanContext().spanId);
  });

  it('nests a stage within a stage', () => {
    consume([traced('a')], stage('outer', stage('inner', same<Delivery<string>>)));
    expect(parentOf('inner')).to.equal(tracing.span('outer').spanContext().spanId);
  });

  it('ends with the outcome, and its error, when the delivery settles inside', () => {
    const bad = handle((text: string) => {
      if (text === 'bad') throw new RangeError('too bad');
      return text;
    });
    consume([traced('bad'), traced('good')], stage('check', bad));
    consume(
      [traced('dropped')],
      stage(
        'keep',
        where(() => false),
      ),
    );
    const [failed, passed] = tracing.spans;
    expect(failed?.status).to.deep.equal({ code: SpanStatusCode.ERROR, message: 'too bad' });
    expect(failed?.attributes).to.include({ 'sluice.outcome': 'fail', 'error.type': 'RangeError' });
    expect(passed?.status.code).to.equal(SpanStatusCode.UNSET);
    expect(passed?.attributes).not.to.have.property('sluice.outcome');
    expect(tracing.span('keep').attributes).to.include({ 'sluice.outcome': 'ack' });
  });

  it('ends its span before the source hears of the settlement', () => {
    const ended: number[] = [];
    const told = source.settle.bind(source);
    source.settle = (duty, verdict) => {
      ended.push(tracing.spans.length);
      told(duty, verdict);
    };
    consume(
      [traced('a')],
      stage(
        'drop',
        where(() => false),
      ),
    );
    expect(ended).to.deep.equal([1]);
  });

  it('ends at the first part of a split; every part goes on in the context of the whole', () => {
    const delivery = traced('abc');
    const out = consume(
      [delivery],
      stage(
        'split',
        splitData((text: string) => [...text]),
      ),
    );
    expect(tracing.spans.map(({ name }) => name)).to.deep.equal(['split']);
    expect(out.map(({ context }) => context === delivery.context)).to.deep.equal([true, true, true]);
  });

  it('gives each part a span of its own in the next stage, and ends it when the whole settles elsewhere', () => {
    const delivery = traced('ab');
    const held = stage(
      'hold',
      filter<Delivery<string>>(() => false),
    );
    consume(
      [delivery],
      pipe(
        stage(
          'split',
          splitData((text: string) => [...text]),
        ),
        held,
      ),
    );
    delivery.reject(new Error('elsewhere'));
    const parts = tracing.spans.filter(({ name }) => name === 'hold');
    expect(parts.map(({ status }) => status.message)).to.deep.equal(['elsewhere', 'elsewhere']);
    expect(parts.map(({ parentSpanContext }) => parentSpanContext?.spanId)).to.deep.equal(
      Array(2).fill(spanIdOf(delivery)),
    );
  });

  it('ends a span once, though a part settles and then the whole', () => {
    const complaints: string[] = [];
    const note = (message: string) => void complaints.push(message);
    diag.setLogger({ verbose: () => {}, debug: () => {}, info: () => {}, warn: note, error: note });
    const whole = traced('ab');
    const dropped = stage(
      'drop',
      where(() => false),
    );
    consume(
      [whole],
      pipe(
        splitData((text: string) => [...text]),
        dropped,
      ),
    );
    diag.disable();
    expect(whole.settled).to.equal(true);
    expect(tracing.spans.map(({ name }) => name)).to.deep.equal(['drop', 'drop']);
    expect(complaints).to.deep.equal([]);
  });

  it("ends the members' spans when their batch leaves; what follows links to them", () => {
    const members = [traced('a'), traced('b')];
    const [out] = consume(members, pipe(stage('gather', batch({ maxSize: 2 })), stage('write', same<Batch<string>>)));
    const gathered = tracing.spans.filter(({ name }) => name === 'gather');
    expect(gathered.map(({ parentSpanContext }) => parentSpanContext?.spanId)).to.deep.equal(members.map(spanIdOf));
    const write = tracing.span('write');
    expect(write.parentSpanContext).to.equal(undefined);
    expect(write.links.map(({ context }) => context)).to.deep.equal(gathered.map((span) => span.spanContext()));
    expect(write.attributes).to.include({ 'messaging.batch.message_count': 2 });
    expect(out && trace.getSpan(out.context)).to.equal(undefined);
  });

  it('finds the members of a batch that was made and split within one stage', () => {
    const apart = pipe(
      batch<string>({ maxSize: 2 }),
      splitData((texts: readonly string[]) => texts),
    );
    consume([traced('a'), traced('b')], stage('regroup', apart));
    expect(tracing.spans.map(({ name }) => name)).to.deep.equal(['regroup', 'regroup']);
  });

  it('keeps what was put into the context inside the stage', () => {
    const baggage = propagation.createBaggage({ tenant: { value: 'a' } });
    const put = map((each: Delivery) => each.withContext(propagation.setBaggage(each.context, baggage)));
    const delivery = traced('a');
    const [out] = consume([delivery], stage('tag', put));
    expect(out && spanIdOf(out)).to.equal(spanIdOf(delivery));
    expect(out && propagation.getBaggage(out.context)?.getEntry('tenant')?.value).to.equal('a');
  });

  it('begins a trace where the delivery has none', () => {
    const [out] = consume([source.deliver('a')], stage('alone', same<Delivery<string>>));
    expect(parentOf('alone')).to.equal(undefined);
    expect(out && trace.getSpan(out.context)).to.equal(undefined);
  });

  it('makes no span under a context that is not sampled, nor for a batch of such', async () => {
    await tracing.stop();
    tracing = startTracing({ sampler: new AlwaysOffSampler() });
    const members = [traced('a'), traced('b')];
    const out = consume(members, pipe(stage('one', same<Delivery<string>>), stage('gather', batch({ maxSize: 2 }))));
    expect(out[0]?.members.map(({ context }) => context)).to.deep.equal(members.map(({ context }) => context));
    expect(tracing.spans).to.deep.equal([]);
  });

  it('makes no span where the source says so, nor for batches of its deliveries', () => {
    const members = [traced('a'), traced('b')].map((each) => each.withContext(withoutStages(each.context)));
    const gather = pipe(stage('one', same<Delivery<string>>), stage('gather', batch({ maxSize: 2 })));
    const lengths = mapData((texts: readonly string[]) => texts.length);
    const out = consume(members, pipe(gather, stage('count', lengths), stage('last', same<Delivery<number>>)));
    expect(out.map(({ data }) => data)).to.deep.equal([2]);
    expect(tracing.spans).to.deep.equal([]);
  });

  it('passes on what is no delivery', () => {
    const lengths = map((delivery: Delivery<string>) => delivery.data.length);
    expect(consume([traced('abc')], stage('count', lengths))).to.deep.equal([3]);
  });

  it('keeps fifty messages apart through a bounded handler and batches, whatever the ambient context is', async () => {
    const input = new Subject<Delivery<number>>();
    const ambient = new Map<number, string | undefined>();
    const written: { ids: readonly number[]; span: string | undefined }[] = [];
    const activeSpanId = () => trace.getActiveSpan()?.spanContext().spanId;
    const work = handle(
      async (id: number) => {
        await new Promise((resolve) => setImmediate(resolve));
        ambient.set(id, activeSpanId());
        return id;
      },
      { concurrency: 8 },
    );
    const write = handle((ids: readonly number[]) => void written.push({ ids, span: activeSpanId() }));
    const flow = input.pipe(stage('work', work), stage('gather', batch({ maxSize: 7 })), stage('write', write));
    const done = lastValueFrom(flow.pipe(mergeMap((delivery) => of(delivery.ack()))));
    const deliveries = Array.from({ length: 50 }, (_, id) => traced(id));
    const misleading = trace.setSpan(ROOT_CONTEXT, trace.getTracer('test').startSpan('misleading'));
    context.with(misleading, () => {
      for (const delivery of deliveries) input.next(delivery);
      input.complete();
    });
    await done;

    const named = (name: string) => tracing.spans.filter((span) => span.name === name);
    const parents = new Map(named('work').map((span) => [span.spanContext().spanId, span.parentSpanContext?.spanId]));
    expect(parents.size).to.equal(50);
    for (const [id, delivery] of deliveries.entries()) {
      expect(parents.get(ambient.get(id) ?? ''), `parent of ${id}`).to.equal(spanIdOf(delivery));
    }
    const gathered = new Map(
      named('gather').map((span) => [span.spanContext().spanId, span.parentSpanContext?.spanId]),
    );
    const writes = new Map(named('write').map((span) => [span.spanContext().spanId, span]));
    expect([gathered.size, writes.size]).to.deep.equal([50, 8]);
    for (const { ids, span } of written) {
      const linked = writes.get(span ?? '')?.links.map((link) => gathered.get(link.context.spanId));
      expect(linked).to.deep.equal(ids.map((id) => spanIdOf(deliveries[id] as Delivery)));
    }
    expect(source.unsettled).to.deep.equal([]);
  });
});
