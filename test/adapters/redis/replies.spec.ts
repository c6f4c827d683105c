import { expect } from 'chai';
import fc from 'fast-check';
import { EntriesReply } from '../../../src/adapters/redis/entriesReply.ts';
import { ReplyBytes } from '../../../src/adapters/redis/replyBytes.ts';
import { ReplyError } from '../../../src/adapters/redis/replyError.ts';
import { type Part, requestOf } from '../../../src/adapters/redis/request.ts';
import { type Reply, ValueReply } from '../../../src/adapters/redis/valueReply.ts';
import type { Answer } from '../../../src/adapters/redis/wire.ts';

/** What the server would send. */
function sent(reply: Reply): Buffer {
  if (reply === null) return Buffer.from('$-1\r\n');
  if (reply instanceof ReplyError) return Buffer.from(`-${reply.message}\r\n`);
  if (typeof reply === 'number') return Buffer.from(`:${reply}\r\n`);
  if (typeof reply === 'string') return Buffer.from(`+${reply}\r\n`);
  if (Buffer.isBuffer(reply)) return Buffer.concat([Buffer.from(`$${reply.length}\r\n`), reply, Buffer.from('\r\n')]);
  return Buffer.concat([Buffer.from(`*${reply.length}\r\n`), ...(reply as readonly Reply[]).map(sent)]);
}

/** Feeds an answer in pieces cut at these places; how many pieces it took, and whether all was read. */
function feed(answer: Answer, all: Buffer, cuts: readonly number[]): { complete: boolean; empty: boolean } {
  const places = [0, ...cuts.map((cut) => cut % (all.length + 1)).sort((a, b) => a - b), all.length];
  const bytes = new ReplyBytes();
  let complete = false;
  for (const [i, from] of places.slice(0, -1).entries()) {
    const piece = all.subarray(from, places[i + 1]);
    if (piece.length > 0 && bytes.push(piece)) complete = answer.take(bytes);
  }
  return { complete, empty: bytes.empty };
}

const cuts = fc.array(fc.nat({ max: 5_000 }), { maxLength: 12 });
const bulk = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
const { value } = fc.letrec<{ value: Reply }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    bulk,
    fc.integer(),
    fc.constant(null),
    fc.stringMatching(/^[ -~]{0,20}$/),
    fc.array(tie('value'), { maxLength: 6 }),
  ),
}));

describe('replies of Redis', () => {
  it('are read as they were sent, wherever they are cut', () => {
    fc.assert(
      fc.property(value, cuts, (reply, places) => {
        const answer = new ValueReply();
        expect(feed(answer, sent(reply), places)).to.deep.equal({ complete: true, empty: true });
        expect(answer.reply).to.deep.equal(reply);
      }),
    );
  });

  it('throw what is an error, and hold those inside an array', () => {
    const answer = new ValueReply();
    feed(answer, sent(new ReplyError('NOGROUP no such group')), []);
    expect(() => answer.reply).to.throw(ReplyError, 'NOGROUP');
    const inside = new ValueReply();
    feed(inside, sent([new ReplyError('WRONGTYPE'), 1]), []);
    expect((inside.reply as Reply[])[0]).to.be.instanceOf(ReplyError);
  });

  it('are refused when they are no RESP2', () => {
    expect(() => feed(new ValueReply(), Buffer.from('HTTP/1.1 400\r\n'), [])).to.throw(RangeError, "answered 'H'");
    expect(() => feed(new EntriesReply(), Buffer.from(':1\r\n'), [])).to.throw(RangeError, "':' where '*' belongs");
  });

  it('answer requests, whose parts are what was asked, text or bytes', () => {
    const part = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.uint8Array({ maxLength: 50 }));
    fc.assert(
      fc.property(fc.array<Part>(part, { minLength: 1, maxLength: 8 }), cuts, (parts, places) => {
        const { body, encoding } = requestOf(parts);
        const answer = new ValueReply();
        feed(answer, typeof body === 'string' ? Buffer.from(body, encoding) : body, places);
        const asked = parts.map((each) =>
          typeof each === 'number' ? Buffer.from(`${each}`) : Buffer.from(each as string),
        );
        expect(answer.reply).to.deep.equal(asked);
      }),
    );
  });
});

describe('entries as Redis sends them', () => {
  interface Sent {
    readonly id: string;
    readonly fields: readonly string[];
  }

  const LANE = 'sluice:{main.0}:high';
  const ours = fc
    .tuple(
      fc.string(),
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.string(),
      fc.constantFrom('json', 'x', ''),
      fc.string(),
    )
    .map(([topic, payload, type, encoding, meta]) => [
      ...['topic', topic, 'payload', payload, 'type', type],
      ...['encoding', encoding, 'meta', meta],
    ]);
  const others = fc.array(fc.string({ maxLength: 12 }), { maxLength: 14 });
  const entry: fc.Arbitrary<Sent> = fc.record({
    id: fc.tuple(fc.nat(), fc.nat()).map(([ms, seq]) => `${ms}-${seq}`),
    fields: fc.oneof(ours, others),
  });

  function replyOf(entries: readonly Sent[]): Buffer {
    if (entries.length === 0) return Buffer.from('*-1\r\n');
    const items = entries.map(({ id, fields }) => [Buffer.from(id), fields.map((field) => Buffer.from(field))]);
    return sent([[Buffer.from(LANE), items]]);
  }

  it('are the same wherever the answer is cut, ours and any others', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(entry, { maxLength: 5 }), { minLength: 1, maxLength: 4 }),
        cuts,
        (replies, places) => {
          const all = Buffer.concat(replies.map(replyOf));
          const answer = new EntriesReply(replies.length);
          expect(feed(answer, all, places)).to.deep.equal({ complete: true, empty: true });
          expect(answer.entries.map(({ id }) => id)).to.deep.equal(replies.flat().map(({ id }) => id));
          for (const [i, { fields }] of replies.flat().entries()) {
            const found = answer.entries[i];
            expect(found?.priority).to.equal('high');
            const at = (name: string) => fields.findLastIndex((field, place) => place % 2 === 0 && field === name);
            const text = (name: string) => (at(name) < 0 ? undefined : (fields[at(name) + 1] ?? undefined));
            if (text('topic') === undefined || text('payload') === undefined) {
              expect(found?.fault).to.be.a('string');
              continue;
            }
            expect(found?.topic).to.equal(text('topic'));
            expect(Buffer.from(found?.payload as string).toString()).to.equal(text('payload'));
            expect(found?.meta).to.equal(text('meta') ?? '');
          }
        },
      ),
    );
  });

  it('come before an error that one of several lanes has; alone it is thrown', () => {
    const answer = new EntriesReply(2);
    feed(answer, Buffer.concat([replyOf([{ id: '1-1', fields: [] }]), Buffer.from('-NOGROUP gone\r\n')]), []);
    expect(answer.entries).to.have.length(1);
    const failed = new EntriesReply(1);
    feed(failed, Buffer.from('-NOGROUP gone\r\n'), []);
    expect(() => failed.entries).to.throw(ReplyError, 'NOGROUP gone');
  });
});
