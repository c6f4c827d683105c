import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { npmCommand } from '../../scripts/npm-command.mjs';
import { pack } from '../../scripts/pack.mjs';
import { readmeExample, readmeExampleInFunction } from '../support/readmeExample.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const consumer = fileURLToPath(new URL('consumer.ts', import.meta.url));
const { peerDependencies, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const TSCONFIG = {
  compilerOptions: {
    strict: true,
    skipLibCheck: false,
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    types: ['node'],
    rootDir: '.',
    outDir: 'out',
  },
  files: ['consumer.mts', 'consumer.cts', 'readme.mts', 'readme.cts'],
};

describe('the packed package', () => {
  const project = mkdtempSync(join(tmpdir(), 'sluice-consumer-'));
  const node = (...args: string[]) => run(process.execPath, args, { cwd: project });

  before('install it into an empty project', async function () {
    this.timeout(240_000);
    await run(process.execPath, [join(root, 'scripts/build.mjs')]);
    const peers = Object.entries(peerDependencies).map(([name, range]) => `${name}@${range}`);
    const wanted = [pack(project), ...peers];
    writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true }));
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    writeFileSync(join(project, 'readme.mts'), readmeExample());
    writeFileSync(join(project, 'readme.cts'), readmeExampleInFunction());
    for (const extension of ['mts', 'cts']) cpSync(consumer, join(project, `consumer.${extension}`));
    const [npm, ...args] = npmCommand('install', '--prefer-offline', '--no-audit', '--no-fund', ...wanted);
    await run(npm, args, { cwd: project });
  });

  after(() => rmSync(project, { recursive: true, force: true }));

  it('type-checks under strict, its own declarations included', async () => {
    const compiled = await node(join(root, 'node_modules/typescript/bin/tsc'), '--pretty', 'false').catch((e) => e);
    expect(compiled.stdout).to.equal('');
  });

  it('runs through import', async () => {
    const { stdout } = await node('out/consumer.mjs');
    expect(stdout.trim()).to.equal('consumer: ok');
  });

  it('runs through require', async () => {
    expect(readFileSync(join(project, 'out/consumer.cjs'), 'utf8')).to.contain('require("sluice")');
    const { stdout } = await node('out/consumer.cjs');
    expect(stdout.trim()).to.equal('consumer: ok');
  });

  it('brings a command that measures, and makes a page of it', async () => {
    const args = ['bench', 'latency', '--duration', '400ms', '--rate', '200', '--html', 'report.html'];
    const { stdout } = await node('node_modules/sluice/dist/cli/sluice.js', ...args);
    expect(stdout).to.match(/idle bus: handled +40\b/);
    expect(readFileSync(join(project, 'report.html'), 'utf8'))
      .to.include('uPlot')
      .and.include('data-plot="0"');
  });

  it('has the command where npx finds it', async () => {
    const [npm, ...args] = npmCommand('exec', '--no', '--', 'sluice', '--version');
    const { stdout } = await run(npm, args, { cwd: project });
    expect(stdout.trim()).to.equal(version);
  });

  for (const [form, file] of Object.entries({ import: 'readme.mjs', require: 'readme.cjs' })) {
    it(`runs the README's example through ${form}`, async () => {
      const { stdout } = await node(join('out', file));
      expect(stdout.trim()).to.equal("{ id: '1', symbol: 'ETHUSDT', qty: 5, accepted: true }");
    });
  }
});
