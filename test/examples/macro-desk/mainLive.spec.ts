import { expect } from 'chai';
import { DbnomicsServer } from '../../support/dbnomicsServer.ts';
import { freePort } from '../../support/freePort.ts';
import { RunFolder } from './support/runFolder.ts';
import { runMain } from './support/runMain.ts';

const LAST = /^published 135 · settled 135 · retried 0 · dead-lettered 0 · /;

describe('macro-desk main --live', function () {
  this.timeout(60_000);
  let server: DbnomicsServer;
  beforeEach(async () => {
    server = await DbnomicsServer.start();
  });
  afterEach(() => server.stop());

  const runLive = (url: string, folder: RunFolder, interrupt = false) =>
    runMain(['--live', '--dbnomics-url', url, '--out', folder.path], interrupt);

  it('gives of the same series the same results, and says what it fetches and from where', async () => {
    using live = new RunFolder();
    using recorded = new RunFolder();
    const { code, errors, lines } = await runLive(server.options.baseUrl, live);
    expect({ code, errors }).to.deep.equal({ code: 0, errors: '' });
    expect(lines[0]).to.equal(`fetching 10 series from DBnomics at ${new URL(server.http.url).host}`);
    expect(lines.slice(1, 11).every((line) => /^ {2}\d+\/10 {2}\S+: \d+ periods/.test(line))).to.equal(true);
    expect(lines).to.include("macro desk: 10 series live from DBnomics, on this process's memory");
    expect(lines.at(-1)).to.match(LAST);
    await runMain(['--out', recorded.path]);
    expect(live.files()).to.deep.equal(recorded.files());
  });

  it('goes on with the recordings of what it could not have, and says which', async () => {
    server.docs = server.docs.filter(({ dataset_code }) => dataset_code !== 'cbpol');
    using folder = new RunFolder();
    const { code, errors, lines } = await runLive(server.options.baseUrl, folder);
    expect(code).to.equal(0);
    const said = errors.trimEnd().split('\n').sort();
    expect(said).to.have.lengthOf(3);
    for (const [i, country] of ['AR', 'IN', 'US'].entries()) {
      expect(said[i]).to.match(
        new RegExp(`^warning: BIS/cbpol/M\\.${country} is taken from the recordings: .+ not found$`),
      );
    }
    expect(lines).to.include("macro desk: 10 series of DBnomics (7 live, 3 recorded), on this process's memory");
    expect(lines.at(-1)).to.match(LAST);
  });

  it('stops fetching when it is interrupted, and publishes nothing', async () => {
    server.http.fail({ kind: 'silent' });
    using folder = new RunFolder();
    const { code, errors, lines } = await runLive(server.options.baseUrl, folder, true);
    expect({ code, errors }).to.deep.equal({ code: 130, errors: '' });
    expect(lines.at(-1)).to.match(/^published 0 · settled 0 · /);
    expect(server.http.asked.length).to.be.at.most(1);
  });

  const unreachable = [
    ['nobody listens', async () => `http://127.0.0.1:${await freePort()}/v22`, 'ECONNREFUSED'],
    ['there is no such host', async () => 'http://dbnomics.invalid/v22', '(ENOTFOUND|EAI_AGAIN)'],
  ] as const;
  for (const [where, url, code] of unreachable) {
    it(`says in one sentence that ${where}, and goes on with the recordings`, async () => {
      using folder = new RunFolder();
      const run = await runLive(await url(), folder);
      expect(run.code).to.equal(0);
      expect(run.errors).to.match(
        new RegExp(`^warning: DBnomics can't be reached at \\S+ \\(${code}\\): the recordings are used instead\\n$`),
      );
      expect(run.lines).to.include("macro desk: 10 series recorded from DBnomics, on this process's memory");
      expect(run.lines.at(-1)).to.match(LAST);
    });
  }
});
