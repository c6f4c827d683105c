import { expect } from 'chai';
import { NEVER, type Observable, of, Subject, throwError } from 'rxjs';
import type { Settlement } from '../../src/core/store.ts';
import { Outbox, type OutboxPort } from '../../src/sources/outbox.ts';
import { virtualRun } from '../support/virtualRun.ts';

const settlement: Settlement = { priority: 'normal', id: '1-0', attempt: 1, outcome: { kind: 'ack' } };
const lost = new Error('lost');

function outbox(send: OutboxPort['send'], options: Partial<OutboxPort> = {}) {
  const box = new Outbox({ send, failed: () => true, sent: () => undefined, ...options });
  box.add(settlement);
  return box;
}

/** What became of waiting for it: `told`, an error's message, or nothing yet. */
function outcomeOf(waiting: Observable<never>): { text: string } {
  const outcome = { text: '' };
  waiting.subscribe({ complete: () => (outcome.text = 'told'), error: ({ message }) => (outcome.text = message) });
  return outcome;
}

describe('Outbox', () => {
  it('tells who waits that what was forgotten was dropped, also when it begins anew', () => {
    const box = outbox(() => NEVER);
    const waits = outcomeOf(box.idle());
    box.startAnew(lost);
    expect(waits.text).to.equal('lost');
    expect(outcomeOf(box.idle()).text, 'under its new name it owes nothing').to.equal('told');
  });

  it('tells who asks later too, when it has ended', () => {
    const box = outbox(() => NEVER);
    box.flush();
    box.clear(lost);
    expect(outcomeOf(box.idle()).text).to.equal('lost');
  });

  it('holds nothing against a new name, if a failed batch made it begin anew', () => {
    const box: Outbox = outbox(() => throwError(() => lost), {
      failed: (error) => {
        box.startAnew(error);
        return false;
      },
    });
    const waits = outcomeOf(box.idle());
    expect(waits.text).to.equal('lost');
    expect(outcomeOf(box.idle()).text).to.equal('told');
  });

  it('does not wait for what is added later', () => {
    const sent: Subject<void>[] = [];
    const box = outbox(() => {
      const told = new Subject<void>();
      sent.push(told);
      return told;
    });
    const first = outcomeOf(box.idle());
    box.add(settlement);
    const second = outcomeOf(box.idle());
    sent[0]?.complete();
    expect([first.text, second.text, sent.length]).to.deep.equal(['told', '', 2]);
    sent[1]?.complete();
    expect(second.text).to.equal('told');
  });

  it('leaves no timer behind when it forgets a batch that waits to be sent again', () =>
    virtualRun(({ flush, at }) => {
      let sent = 0;
      const box = outbox(() => {
        sent += 1;
        return throwError(() => lost);
      });
      box.flush();
      at(1, () => box.clear(lost));
      flush();
      expect(sent).to.equal(1);
    }));

  it('sends again until it is told', () =>
    virtualRun(({ flush }) => {
      let failures = 3;
      const box = outbox(() => (failures-- > 0 ? throwError(() => lost) : of(undefined)));
      const waits = outcomeOf(box.idle());
      flush();
      expect(waits.text).to.equal('told');
      expect(failures).to.equal(-1);
    }));
});
