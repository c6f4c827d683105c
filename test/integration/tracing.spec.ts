import { expect } from 'chai';
import { OtlpReceiver } from '../support/otlpReceiver.ts';
import type { ReceivedSpan } from '../support/receivedSpan.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';
import { TestProcess } from '../support/testProcess.ts';

const SUPPLIED_TRACE = '0af7651916cd43dd8448eb211c80319c';
const SUPPLIED_SPAN = 'b7ad6b7169203331';

interface Seen {
  readonly seen: readonly { readonly id: string; readonly headers: Readonly<Record<string, string>> }[];
}

/** A span and what hangs under it, a line each, in the order they began. */
function treeOf(spans: readonly ReceivedSpan[], parentSpanId: string, indent = ''): readonly string[] {
  return spans
    .filter((span) => span.parentSpanId === parentSpanId)
    .sort((one, other) => Number(one.startNs - other.startNs))
    .flatMap((span) => [
      `${indent}${span.service} ${span.kind} ${span.name}`,
      ...treeOf(spans, span.spanId, `${indent}  `),
    ]);
}

describe('a trace across two processes', () => {
  let server: RedisServer;
  let receiver: OtlpReceiver;
  let seen: Seen['seen'];

  before('shop publishes, risk consumes', async function () {
    this.timeout(60_000);
    server = await startRedis();
    receiver = await OtlpReceiver.start();
    await using risk = new TestProcess<Seen>('risk', [server.url, receiver.url, '4']);
    await using shop = new TestProcess('shop', [server.url, receiver.url]);
    await shop.end();
    seen = (await risk.heard()).seen;
    await risk.end();
  });

  after(async () => {
    await receiver[Symbol.asyncDispose]();
    await server.stop();
  });

  /** The one span that fits. */
  function span(fits: Partial<ReceivedSpan>, attributes: ReceivedSpan['attributes'] = {}): ReceivedSpan {
    const found = receiver.spans.filter(
      (each) =>
        Object.entries(fits).every(([name, value]) => each[name as keyof ReceivedSpan] === value) &&
        Object.entries(attributes).every(([name, value]) => each.attributes[name] === value),
    );
    expect(found, JSON.stringify([fits, attributes])).to.have.length(1);
    return found[0] as ReceivedSpan;
  }

  it('reaches the collector as protobuf, gzipped, from the one and as JSON from the other', () => {
    const ways = new Set(
      receiver.exports.map(({ encoding, gzip, spans }) => `${spans[0]?.service} ${encoding} ${gzip}`),
    );
    expect([...ways].sort()).to.deep.equal(['risk application/json false', 'shop application/x-protobuf true']);
    expect(new Set(receiver.spans.map(({ scope }) => scope))).to.deep.equal(new Set(['sluice', 'shop', 'risk']));
  });

  it('is one tree: publish, process, every stage, the next publish under its stage, and so on', () => {
    const { traceId } = span({ name: 'checkout' });
    const spans = receiver.spans.filter((each) => each.traceId === traceId);
    expect(treeOf(spans, '')).to.deep.equal([
      'shop INTERNAL checkout',
      '  shop PRODUCER publish main.0',
      '    risk CONSUMER process orders.*',
      '      risk INTERNAL validate',
      '      risk INTERNAL check',
      '        risk INTERNAL look up limits',
      '      risk INTERNAL accept',
      '        risk PRODUCER publish main.0',
      '          risk CONSUMER process risk.*',
      '            risk INTERNAL record',
      '  shop PRODUCER publish main.0',
      '    risk CONSUMER process orders.*',
      '      risk INTERNAL validate',
      '  shop PRODUCER publish main.0',
    ]);
    expect(treeOf(spans, '')).to.have.length(spans.length);
  });

  it("bears the conventions' attributes on what was published", () => {
    const { attributes, status, links } = span({ service: 'shop' }, { 'messaging.message.id': 'good' });
    expect(attributes).to.deep.equal({
      'messaging.system.name': 'redis',
      'messaging.operation.name': 'publish',
      'messaging.operation.type': 'send',
      'messaging.destination.name': 'main.0',
      'messaging.client.id': 'shop-1',
      'messaging.message.id': 'good',
      'server.address': '127.0.0.1',
      'server.port': server.port,
      'sluice.topic': 'orders.new',
    });
    expect([status.code, links]).to.deep.equal(['unset', []]);
  });

  it("bears the conventions' attributes on what was processed", () => {
    const { attributes, status, links } = span({ kind: 'CONSUMER' }, { 'messaging.message.id': 'good' });
    const { 'messaging.client.id': client, ...others } = attributes;
    expect(others).to.deep.equal({
      'messaging.system.name': 'redis',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'main.0',
      'messaging.destination.template': 'orders.*',
      'messaging.consumer.group.name': 'risk',
      'messaging.message.id': 'good',
      'server.address': '127.0.0.1',
      'server.port': server.port,
      'sluice.topic': 'orders.new',
      'sluice.priority': 'critical',
      'sluice.attempt': 1,
      'sluice.outcome': 'ack',
    });
    expect(client).to.match(/^risk-1-/);
    expect([status.code, links]).to.deep.equal(['unset', []]);
  });

  it('says what went wrong on the spans where it did, and on no other', () => {
    const failed = receiver.spans.filter(({ status }) => status.code === 'error');
    const said = failed.map(({ service, name, attributes }) => `${service} ${name} ${attributes['error.type']}`);
    expect(said.sort()).to.deep.equal([
      'risk process orders.* VALIDATION',
      'risk validate VALIDATION',
      'shop publish main.0 ENCODE',
    ]);
    for (const each of failed) expect(each.events, each.name).to.deep.equal(['exception']);
    const others = receiver.spans.filter((each) => !failed.includes(each));
    for (const each of others) expect(each.attributes, each.name).not.to.have.property('error.type');
    expect(span({ kind: 'CONSUMER' }, { 'messaging.message.id': 'bad' }).attributes).to.include({
      'sluice.outcome': 'reject',
    });
  });

  it('exports nothing under a parent that is not sampled, and hands its context on', () => {
    expect(receiver.spans.filter(({ traceId }) => /^0+1$/.test(traceId))).to.deep.equal([]);
    const carried = seen.find(({ id }) => id === 'unsampled')?.headers['traceparent'];
    expect(carried).to.equal(`00-${'0'.repeat(31)}1-${'0'.repeat(15)}1-00`);
  });

  it('keeps a traceparent that the user supplied: processing is its child, publishing links to it', () => {
    const spans = receiver.spans.filter(({ traceId }) => traceId === SUPPLIED_TRACE);
    expect(treeOf(spans, SUPPLIED_SPAN)).to.have.length(spans.length);
    expect(treeOf(spans, SUPPLIED_SPAN)[0]).to.equal('risk CONSUMER process orders.*');
    const publish = span({ service: 'shop' }, { 'messaging.message.id': 'supplied' });
    expect([publish.kind, publish.links]).to.deep.equal([
      'CLIENT',
      [{ traceId: SUPPLIED_TRACE, spanId: SUPPLIED_SPAN }],
    ]);
    expect(seen.find(({ id }) => id === 'supplied')?.headers).to.deep.equal({
      traceparent: `00-${SUPPLIED_TRACE}-${SUPPLIED_SPAN}-01`,
      tracestate: 'vendor=1',
    });
  });
});
