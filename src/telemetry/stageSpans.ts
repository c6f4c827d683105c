import { type Context, type Link, type Span, type SpanContext, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { Batch, type Delivery } from '../core/delivery.ts';
import type { Duty, DutyWatcher } from '../core/duty.ts';
import type { Verdict } from '../core/outcome.ts';
import { ATTRIBUTE } from './attributes.ts';
import { endSettled } from './endSettled.ts';
import { isSampled } from './sampled.ts';
import { stagesOff, withoutStages } from './tracingSwitches.ts';

/**
 * The spans of one stage: started as a delivery enters, found again by the lineage of what comes out.
 *
 * | state | event                                             | next  | effect                         |
 * |-------|---------------------------------------------------|-------|--------------------------------|
 * | open  | the delivery, or the first derived of it, leaves  | ended | none                           |
 * | open  | a batch that it is a member of leaves             | ended | none                           |
 * | open  | it settles inside the stage                       | ended | the outcome, and its error     |
 * | ended | anything                                          | ended | none                           |
 *
 * What leaves goes on in the context it came with, so that the stages of a pipeline are siblings.
 */
export class StageSpans {
  private readonly options;
  private readonly entered = new WeakMap<Duty, StageSpan | typeof PASSED>();

  constructor(private readonly name: string) {
    this.options = { kind: SpanKind.INTERNAL, attributes: { [ATTRIBUTE.stage]: name } };
  }

  /** The delivery as the stage is to see it, in the context of its span. */
  enter<T>(delivery: Delivery<T>, tracer: Tracer): Delivery<T> {
    if (switchedOff(delivery)) return delivery.withContext(withoutStages(delivery.context));
    if (!traced(delivery)) return delivery;
    const { context, duty, links } = delivery;
    const joined = links.length > 0 && trace.getSpanContext(context) === undefined;
    const options = joined ? { ...this.options, links: links.map(linkTo) } : this.options;
    const span = tracer.startSpan(this.name, options, context);
    if (delivery instanceof Batch && span.isRecording()) {
      span.setAttribute(ATTRIBUTE.batchMessageCount, delivery.members.length);
    }
    const stageSpan = new StageSpan(span, context, trace.setSpan(context, span));
    this.entered.set(duty, stageSpan);
    duty.watch(stageSpan);
    return delivery.withContext(stageSpan.inside);
  }

  /** The delivery as the next stage is to see it: out of this one's span, which ends. */
  leave<T>(delivery: Delivery<T>): Delivery<T> {
    if (!traced(delivery)) return delivery;
    const context = this.end(delivery.duty)?.leave(delivery.context) ?? delivery.context;
    return context === delivery.context ? delivery : delivery.withContext(context);
  }

  private end(duty: Duty): StageSpan | undefined {
    const stageSpan = this.entered.get(duty);
    if (stageSpan === PASSED) return undefined;
    if (stageSpan !== undefined) {
      stageSpan.end();
      return stageSpan;
    }
    const [origin, ...others] = duty.origins;
    if (origin === undefined) return undefined;
    const first = this.end(origin);
    if (others.length === 0) return first;
    for (const other of others) this.end(other);
    // The parts that a batch is split into come out one by one: they need not walk all its members each.
    this.entered.set(duty, PASSED);
    return undefined;
  }
}

const PASSED = Symbol('passed');

/** Not under a parent that is not sampled, nor for a batch of which no member is. */
function traced({ context, links }: Delivery): boolean {
  if (stagesOff(context)) return false;
  const parent = trace.getSpanContext(context);
  return parent ? isSampled(parent) : links.length === 0 || links.some(isSampled);
}

/** A batch starts with an empty context: it learns from its members that stages get no spans, and hands that on. */
function switchedOff(delivery: Delivery): boolean {
  return delivery instanceof Batch && !stagesOff(delivery.context) && delivery.members.every(isOff);
}

function isOff({ context }: Delivery): boolean {
  return stagesOff(context);
}

function linkTo(context: SpanContext): Link {
  return { context };
}

class StageSpan implements DutyWatcher {
  private open = true;

  constructor(
    private readonly span: Span,
    private readonly outside: Context,
    readonly inside: Context,
  ) {}

  end(): void {
    if (!this.open) return;
    this.open = false;
    this.span.end();
  }

  settled(verdict: Verdict): void {
    if (!this.open) return;
    this.open = false;
    endSettled(this.span, verdict);
  }

  /** The context outside; what was put into the inner one, such as baggage, is kept. */
  leave(context: Context): Context {
    if (context === this.inside) return this.outside;
    if (trace.getSpan(context) !== this.span) return context;
    const parent = trace.getSpan(this.outside);
    return parent ? trace.setSpan(context, parent) : trace.deleteSpan(context);
  }
}
