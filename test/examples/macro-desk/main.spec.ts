import { expect } from 'chai';
import { RunFolder } from './support/runFolder.ts';
import { type MainRun, runMain } from './support/runMain.ts';

const LAST =
  /^published (\d+) · settled (\d+) · retried (\d+) · dead-lettered (\d+) · p50 \d+\.\d ms · p99 \d+\.\d ms$/;

describe('macro-desk main', function () {
  this.timeout(60_000);
  let folder: RunFolder;
  let run: MainRun;

  before(async () => {
    folder = new RunFolder();
    run = await runMain(['--out', folder.path]);
  });
  after(() => folder[Symbol.dispose]());

  it('ends by itself, and says in its last line that nothing is missing', () => {
    expect(run.errors).to.equal('');
    expect(run.code).to.equal(0);
    // 117 observations and 18 alerts.
    expect(LAST.exec(run.lines.at(-1) ?? '')?.slice(1)).to.deep.equal(['135', '135', '0', '0']);
  });

  it('says that its data are recorded, and how to have others', () => {
    expect(run.lines[0]).to.match(/^macro desk: 10 series recorded from DBnomics \(--live fetches them\), on /);
  });

  it('writes no control code into a pipe', () => {
    expect(run.lines.join('\n')).not.to.include('\x1b');
  });

  it('shows what came of each route', () => {
    const rows = run.lines.map((line) => line.split(/ {2,}/));
    expect(rows.find(([name]) => name === 'annual')?.slice(0, 6)).to.deep.equal([
      'annual',
      '3',
      '29',
      '0',
      '26',
      '−9.03 points',
    ]);
    expect(rows.find(([name]) => name === 'quarterly')?.slice(0, 6)).to.deep.equal([
      'quarterly',
      '2',
      '24',
      '0',
      '16',
      '+11.88 %',
    ]);
    expect(rows.find(([name]) => name === 'monthly')?.slice(0, 6)).to.deep.equal([
      'monthly',
      '4',
      '44',
      '18',
      '2',
      '−0.40 points',
    ]);
    expect(rows.find(([name]) => name === 'central-bank')?.slice(0, 6)).to.deep.equal([
      'central-bank',
      '5',
      '46',
      '18',
      '2',
      '−0.40 points',
    ]);
    expect(run.lines).to.include('policy-rate moves: 18 (AR 12, IN 1, US 5)');
    expect(run.lines.find((line) => line.startsWith('NA dropped: 18'))).to.be.a('string');
  });

  it("shows one message's trace, from its publication through every stage to the alert it led to", () => {
    const from = run.lines.findIndex((line) => line.startsWith('span'));
    const names = run.lines.slice(from + 1).map((line) => line.trim().split(/ {2,}/)[0]);
    const stages = ['process dbnomics.*', 'validate', 'drop NA', 'route', 'change', 'moves', 'alert', 'write'];
    expect(names).to.include.members(['publish', 'publish main.0', ...stages, 'process alerts.policy-rate.*']);
  });

  it('computes the change on the year in points for percentages', () => {
    const unemployment = folder.findings('annual').filter(({ series }) => series === 'AMECO/ZUTN/EA19.1.0.0.0.ZUTN');
    expect(unemployment.map(({ change }) => change)).to.deep.equal([
      null,
      -0.5,
      -0.8,
      -1,
      -0.8,
      0.2,
      0.4,
      0.2,
      -0.2,
      -0.7,
      -0.8,
      0,
    ]);
  });

  it('computes it in per cent for levels', () => {
    const gdp = folder
      .findings('quarterly')
      .find(({ series, period }) => series === 'INE-SPAIN/30680/CNTR4757' && period === '2022-Q2');
    // 333,308 against 297,904 million euros.
    expect(gdp).to.deep.equal({
      series: 'INE-SPAIN/30680/CNTR4757',
      period: '2022-Q2',
      value: 333308,
      change: 11.884365,
      unit: 'percent',
    });
  });

  it('gives a policy rate to two routes, and the daily rate to the central banks only', () => {
    const series = (name: string) => new Set(folder.findings(name).map((finding) => finding['series']));
    expect([...series('monthly')]).to.include('BIS/cbpol/M.US');
    expect([...series('central-bank')]).to.include.members(['BIS/cbpol/M.US', 'ECB/EXR/D.USD.EUR.SP00.A']);
    expect([...series('monthly')]).not.to.include('ECB/EXR/D.USD.EUR.SP00.A');
  });

  it('announces every move of a policy rate', () => {
    const moves = folder.findings('policy-moves').filter(({ country }) => country !== 'AR');
    expect(moves.map(({ country, period, move }) => `${country} ${period} ${move}`)).to.deep.equal([
      'IN 2020-05 -0.4',
      'US 1954-08 1.19',
      'US 1954-10 -0.31',
      'US 1954-11 0.25',
      'US 1954-12 0.06',
      'US 1955-04 0.25',
    ]);
  });

  it('writes the same again, over what it wrote', async () => {
    const first = folder.files();
    expect(Object.keys(first)).to.deep.equal([
      'annual.ndjson',
      'central-bank.ndjson',
      'monthly.ndjson',
      'policy-moves.ndjson',
      'quarterly.ndjson',
    ]);
    await runMain(['--out', folder.path]);
    expect(folder.files()).to.deep.equal(first);
  });

  it('multiplies its input: each repetition is computed by itself', async () => {
    using more = new RunFolder();
    const { code, lines } = await runMain(['--repeat', '3', '--out', more.path]);
    expect(code).to.equal(0);
    expect(LAST.exec(lines.at(-1) ?? '')?.slice(1)).to.deep.equal(['405', '405', '0', '0']);
    const ofRound = (round: string) => more.findings('annual').filter(({ series }) => String(series).endsWith(round));
    const changes = (findings: readonly Record<string, unknown>[]) => findings.map(({ change }) => change);
    expect(changes(ofRound('#3'))).to.deep.equal(changes(folder.findings('annual')));
  });

  it('drains when it is interrupted: what was published is settled', async () => {
    using other = new RunFolder();
    const { code, lines, errors } = await runMain(['--repeat', '500', '--out', other.path], true);
    expect(errors).to.equal('');
    expect(code).to.equal(130);
    const [published, settled, , deadLettered] = (LAST.exec(lines.at(-1) ?? '') ?? []).slice(1).map(Number);
    expect(published).to.be.lessThan(67_500);
    expect(published).to.equal((settled ?? 0) + (deadLettered ?? 0));
  });
});

describe('macro-desk main, told something wrong', function () {
  this.timeout(60_000);
  const refused = [
    [['--speed', '2'], 2, "'--speed'"],
    [['--store', 'http://127.0.0.1'], 2, '--store'],
    [['--store', 'redis://127.0.0.1:1'], 1, '127.0.0.1:1'],
    [['--out', import.meta.filename], 1, 'main.spec.ts'],
  ] as const;
  for (const [args, exit, named] of refused) {
    it(`ends with ${exit} and one sentence for ${args[0]} ${args[1].split('/').at(-1)}`, async () => {
      const { code, errors, lines } = await runMain(args);
      expect(code).to.equal(exit);
      expect(lines).to.deep.equal(['']);
      expect(errors.trim().split('\n')).to.have.lengthOf(1);
      expect(errors).to.include(named);
    });
  }

  it('prints its options', async () => {
    const { code, lines } = await runMain(['--help']);
    expect(code).to.equal(0);
    for (const flag of ['--live', '--dbnomics-url', '--store', '--otlp', '--repeat', '--out'])
      expect(lines.join('\n')).to.include(flag);
  });
});
