import { toError } from '../../../../src/core/errors.ts';
import { PRIORITIES, type Priority, type PublishOptions } from '../../../../src/index.ts';
import type { Item, Role } from './role.ts';

const TICK_MS = 20;
const KEYS = 24;
/** The most publishes that wait for their answer: beyond it, the producer waits. */
const UNANSWERED = 1_000;

/**
 * Publishes orders, each of them under one of its own keys, and jobs, which have an id in place of a key. A restarted
 * producer has new keys: where the old one's last messages come among the new one's is nobody's promise.
 */
export const producer: Role = ({ bus, ledger, settings: { name, rate } }) => {
  let published = 0;
  let unanswered = 0;
  let due = 0;
  const publish = async (topic: string, item: Item, options: PublishOptions): Promise<void> => {
    const { key } = options;
    ledger.write({ event: 'sent', id: item.id, topic, number: item.number, ...(key !== undefined && { key }) });
    unanswered += 1;
    try {
      await bus.publish(topic, item, options);
      ledger.write({ event: 'confirmed', id: item.id });
    } catch (cause) {
      ledger.write({ event: 'refused', id: item.id, error: toText(cause) });
    }
    unanswered -= 1;
  };
  const next = (): void => {
    const number = published;
    published += 1;
    const id = `${name}/${number}`;
    const priority = tierOf(number);
    if (number % 2 === 0) return void publish('orders.new', { id, number }, { key: keyOf(name, number), priority });
    void publish('jobs.new', { id, number }, { id, priority });
  };
  const timer = setInterval(() => {
    due = Math.min(due + (rate * TICK_MS) / 1_000, UNANSWERED);
    for (; due >= 1 && unanswered < UNANSWERED; due -= 1) next();
  }, TICK_MS);
  // The bus, which is closed after this, waits for what is on its way.
  return { [Symbol.asyncDispose]: async () => clearInterval(timer) };
};

const toText = (cause: unknown): string => toError(cause).message;

/** Each key has one tier: between tiers there is no order. */
function tierOf(number: number): Priority {
  return PRIORITIES[(Math.floor(number / 2) % KEYS) % PRIORITIES.length] as Priority;
}

function keyOf(name: string, number: number): string {
  return `${name}/k${Math.floor(number / 2) % KEYS}`;
}
