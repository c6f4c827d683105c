import { expect } from 'chai';
import { LEASE_MS, MadeUp } from '../support/madeUp.ts';
import type { Evidence } from './evidence.ts';
import { judge } from './verdict.ts';

/** The names of the checks that found something. */
function found(evidence: Evidence): string[] {
  const { good, findings } = judge(evidence);
  const names = Object.entries(findings).flatMap(([name, lines]) => (lines.length > 0 ? [name] : []));
  expect(good).to.equal(names.length === 0);
  return names;
}

const two = (): MadeUp => new MadeUp().published('a', 1).published('b', 2);

describe('chaos checker', () => {
  it('finds nothing where everything was handled once, in order', () => {
    const made = two().handled('keeper-1.1', 'a', 10, 20).handled('keeper-1.1', 'b', 30, 40);
    expect(found(made.evidence())).to.deep.equal([]);
    expect(judge(made.evidence())).to.include({ confirmed: 2, refused: 0, handled: 2 });
  });

  describe('loss', () => {
    it('finds a message that was confirmed and never handled', () => {
      expect(found(two().handled('keeper-1.1', 'a', 10, 20).evidence())).to.deep.equal(['lost']);
    });

    it('takes a dead letter for handled', () => {
      const made = new MadeUp().published('a').handled('keeper-1.1', 'a', 10, 20, 'failed');
      const letters = [{ group: 'keepers', id: 'a', entry: '1-1' }];
      expect(found(made.evidence({ letters }))).to.deep.equal([]);
    });

    it('does not take a dead letter of another group for handled', () => {
      const letters = [{ group: 'others', id: 'a', entry: '1-1' }];
      expect(found(new MadeUp().published('a').evidence({ letters }))).to.deep.equal(['lost']);
    });

    it('does not mind what was never confirmed', () => {
      const sent = { process: 'producer-1.1', event: 'sent', at: 1, id: 'a', topic: 'orders.new', number: 1 } as const;
      expect(found(new MadeUp().evidence({ records: [sent] }))).to.deep.equal([]);
    });

    it('looks for what the sink said it had written in the file', () => {
      const made = new MadeUp().published('a').handled('keeper-1.1', 'a', 10, 20);
      const written = (...ids: string[]) => made.evidence({ written: { group: 'keepers', ids: new Set(ids) } });
      expect(found(written('a'))).to.deep.equal([]);
      expect(found(written('b'))).to.deep.equal(['lost']);
    });

    it('finds a message that was settled behind the back of the last to begin with it', () => {
      const made = new MadeUp()
        .published('a')
        .fault('freeze a consumer', 11, 3_000, 'keeper-1.1')
        .handled('keeper-1.1', 'a', 10, 3_001)
        .handled('keeper-2.1', 'a', 2_000, 2_100, 'failed', 2);
      expect(found(made.evidence())).to.deep.equal(['forgotten']);
      made.handled('keeper-2.1', 'a', 3_200, 3_300, 'done', 3);
      expect(found(made.evidence())).to.deep.equal([]);
    });

    it('does not mind an earlier attempt that somebody who was frozen begins when another has ended it', () => {
      const made = new MadeUp()
        .published('a')
        .handled('keeper-1.1', 'a', 10, 20, 'failed', 1)
        .fault('freeze a consumer', 30, 4_000, 'keeper-1.1')
        .handled('keeper-2.1', 'a', 2_000, 2_100, 'done', 3)
        .handled('keeper-1.1', 'a', 4_001, 4_010, 'failed', 2);
      expect(found(made.evidence())).to.deep.equal([]);
    });
  });

  describe('duplicates', () => {
    const again = (): MadeUp =>
      new MadeUp().published('a').handled('keeper-1.1', 'a', 10_000, 10_020).handled('keeper-2.1', 'a', 12_000, 12_010);

    it('finds a message that was handled again for no reason', () => {
      expect(found(again().evidence())).to.deep.equal(['duplicated']);
    });

    it('allows it where it was in flight at a fault of its process', () => {
      const made = again().fault('kill a consumer', 10_050, 10_100, 'keeper-1.1');
      expect(found(made.evidence())).to.deep.equal([]);
      expect(judge(made.evidence()).allowed['duplicates in flight at a fault']).to.equal(1);
    });

    it('does not take a fault of another process, at another time, or that does no harm for an excuse', () => {
      expect(found(again().fault('kill a consumer', 10_050, 10_100, 'keeper-3.1').evidence())).to.have.length(1);
      expect(found(again().fault('kill the server', 5_000, 6_000).evidence())).to.have.length(1);
      expect(found(again().fault('kill the server', 11_900, 12_000).evidence())).to.have.length(1);
      expect(found(again().fault('stop a consumer', 10_010, 10_100, 'keeper-1.1').evidence())).to.have.length(1);
      expect(found(again().fault('flush scripts', 10_010, 10_100).evidence())).to.have.length(1);
    });

    it('knows that a settlement may still be under way after what held it up', () => {
      const made = again().fault('freeze a consumer', 11_500, 11_900, 'keeper-1.1');
      expect(found(made.evidence())).to.deep.equal(['duplicated']);
      expect(found(made.fault('fill the memory', 9_000, 10_010).evidence())).to.deep.equal([]);
    });

    it('finds what is in the store twice, and outputs apart from it', () => {
      const made = new MadeUp().published('a').handled('keeper-1.1', 'a', 10, 20);
      const of = (topic: string) => made.evidence({ stored: [1, 2].map(() => ({ topic, id: 'a' })) });
      expect(found(of('orders.new'))).to.deep.equal(['stored twice']);
      expect(found(of('placed.order'))).to.deep.equal(['output twice']);
    });

    it('finds a dead letter that is there twice', () => {
      const made = new MadeUp().published('a').handled('keeper-1.1', 'a', 10, 20, 'failed');
      const letter = { group: 'keepers', id: 'a', entry: '1-1' };
      expect(found(made.evidence({ letters: [letter, letter] }))).to.deep.equal(['dead-lettered twice']);
    });
  });

  describe('order', () => {
    it('finds a message that began before the one before it', () => {
      const made = two().handled('keeper-1.1', 'b', 10, 20).handled('keeper-1.1', 'a', 30, 40);
      expect(found(made.evidence())).to.deep.equal(['reordered']);
    });

    it('finds one that began while the one before it was not done', () => {
      const made = two().handled('keeper-1.1', 'a', 10, 30).handled('keeper-1.1', 'b', 20, 40);
      expect(found(made.evidence())).to.deep.equal(['reordered']);
    });

    it('finds one that did not wait for a retry', () => {
      const made = two()
        .handled('keeper-1.1', 'a', 10, 20, 'failed')
        .handled('keeper-1.1', 'b', 30, 40)
        .handled('keeper-1.1', 'a', 50, 60, 'done', 2);
      expect(found(made.evidence())).to.deep.equal(['reordered']);
    });

    it('lets keys go on beside each other, and groups without an order', () => {
      const made = new MadeUp().published('a', 1, 'x').published('b', 2, 'y');
      made.handled('keeper-1.1', 'b', 10, 20).handled('keeper-1.1', 'a', 15, 25);
      expect(found(made.evidence())).to.deep.equal([]);
      const unordered = two().handled('keeper-1.1', 'b', 10, 20).handled('keeper-1.1', 'a', 15, 25);
      expect(found(unordered.evidence({ groups: [{ group: 'keepers', topic: 'orders.new' }] }))).to.deep.equal([]);
    });
  });

  describe('takeover', () => {
    const overlap = (): MadeUp =>
      new MadeUp()
        .published('a')
        .handled('keeper-1.1', 'a', 10_000, 14_000, 'failed')
        .handled('keeper-2.1', 'a', 13_000, 15_000);

    it('finds a message that two live processes were at', () => {
      expect(found(overlap().evidence())).to.deep.equal(['taken over while live']);
    });

    it('allows it of a process that was frozen beyond its lease, and not of one frozen briefly', () => {
      const frozen = (until: number) => overlap().fault('freeze a consumer', 13_000 - LEASE_MS, until, 'keeper-1.1');
      expect(found(frozen(13_500).evidence())).to.deep.equal([]);
      expect(judge(frozen(13_500).evidence()).allowed['taken over when the lease could not be renewed']).to.equal(1);
      const briefly = overlap().fault('freeze a consumer', 12_900, 13_500, 'keeper-1.1');
      expect(found(briefly.evidence())).to.deep.equal(['taken over while live']);
    });

    it('takes a process that the machine had no time for as one that was frozen', () => {
      expect(found(overlap().stalled('keeper-1.1', 12_900, 800).evidence())).to.deep.equal([]);
      expect(found(overlap().stalled('keeper-2.1', 12_900, 800).evidence())).to.deep.equal(['taken over while live']);
      expect(found(overlap().stalled('keeper-1.1', 12_900, 300).evidence())).to.deep.equal(['taken over while live']);
    });

    it('goes by attempts: who was frozen may begin an old one while another is at a newer', () => {
      const late = () =>
        new MadeUp()
          .published('a')
          .handled('keeper-2.1', 'a', 12_100, 12_300, 'failed', 2)
          .handled('keeper-2.1', 'a', 12_400, 12_700, 'done', 3)
          .handled('keeper-1.1', 'a', 12_500, 12_600, 'failed', 1);
      expect(found(late().evidence())).to.deep.equal(['taken over while live']);
      expect(found(late().fault('freeze a consumer', 11_000, 12_490, 'keeper-1.1').evidence())).to.deep.equal([]);
    });

    it('takes a process that was killed for dead', () => {
      const made = new MadeUp()
        .published('a')
        .handled('keeper-1.1', 'a', 10_000)
        .handled('keeper-2.1', 'a', 13_000, 15_000);
      expect(found(made.evidence())).to.deep.equal(['taken over while live']);
      expect(found(made.ended('keeper-1.1', 11_000).evidence())).to.deep.equal([]);
    });
  });

  it('finds a group that still owes', () => {
    const owed = (pending: number) => [{ stream: 'orders.0', group: 'keepers', pending }];
    expect(found(new MadeUp().evidence({ owed: owed(0) }))).to.deep.equal([]);
    expect(found(new MadeUp().evidence({ owed: owed(1) }))).to.deep.equal(['stuck']);
  });

  it('finds a group that was never handed what is in the store, confirmed or not', () => {
    const stored = [{ topic: 'orders.new', id: 'a' }];
    expect(found(new MadeUp().evidence({ stored }))).to.deep.equal(['stuck']);
    expect(found(new MadeUp().handled('keeper-1.1', 'a', 10, 20).evidence({ stored }))).to.deep.equal([]);
    const groups = [{ group: 'keepers', topic: 'orders.new', from: 'placed.order' }];
    expect(found(new MadeUp().evidence({ stored, groups }))).to.deep.equal([]);
  });

  it('finds a process that ended unasked', () => {
    expect(found(new MadeUp().ended('keeper-1.1', 10).evidence())).to.deep.equal([]);
    expect(found(new MadeUp().ended('keeper-1.1', 10, '1: it threw').evidence())).to.deep.equal(['broken']);
  });
});
