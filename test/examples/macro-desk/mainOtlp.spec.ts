import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { freePort } from '../../support/freePort.ts';
import { RunFolder } from './support/runFolder.ts';
import { runMain } from './support/runMain.ts';

interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

describe('macro-desk main with a collector', function () {
  this.timeout(60_000);
  const spans: SentSpan[] = [];
  let collector: Server;

  before(async () => {
    collector = createServer(async (request, response) => {
      const { resourceSpans } = JSON.parse(await text(request));
      for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
  });
  after(async () => {
    collector.closeAllConnections();
    collector.close();
    await once(collector, 'close');
  });

  it('sends it every span, before it ends', async () => {
    using folder = new RunFolder();
    const { port } = collector.address() as AddressInfo;
    const { code, errors } = await runMain(['--otlp', `http://127.0.0.1:${port}/`, '--out', folder.path]);
    expect({ code, errors }).to.deep.equal({ code: 0, errors: '' });
    const count = (name: string) => spans.filter((span) => span.name === name).length;
    expect(count('process dbnomics.*')).to.equal(117);
    expect(count('process alerts.policy-rate.*')).to.equal(18);
    expect(count('publish main.0')).to.equal(135);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(spans.filter(({ parentSpanId }) => parentSpanId && !ids.has(parentSpanId))).to.deep.equal([]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).to.equal(117);
  });

  it('does without one that is not there, and says so', async () => {
    using folder = new RunFolder();
    const { code, errors, lines } = await runMain([
      '--otlp',
      `http://127.0.0.1:${await freePort()}`,
      '--out',
      folder.path,
    ]);
    expect(code).to.equal(0);
    expect(errors).to.match(
      /^warning: the collector at http:\/\/127\.0\.0\.1:\d+ did not take (\d+) of \1 spans: .+\n$/,
    );
    expect(lines.at(-1)).to.match(/^published 135 · settled 135 · /);
  });

  it('does without one that never answers', async () => {
    using folder = new RunFolder();
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const { code, errors } = await runMain(['--otlp', `http://127.0.0.1:${port}`, '--out', folder.path]);
    silent.closeAllConnections();
    silent.close();
    await once(silent, 'close');
    expect(code).to.equal(0);
    expect(errors).to.match(/^warning: the collector at .+\n$/);
  });
});
