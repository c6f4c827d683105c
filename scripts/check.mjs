import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const steps = {
  style: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
  types: ['node_modules/typescript/bin/tsc', '--noEmit', '--pretty', 'false'],
  layers: ['scripts/check-layers.mjs'],
  package: ['scripts/check-package.mjs'],
};

/**
 * @param {string} name
 * @param {string[]} args
 * @returns {Promise<boolean>}
 */
const run = (name, args) =>
  new Promise((resolve) => {
    const started = performance.now();
    /** @type {Buffer[]} */
    const output = [];
    const child = spawn(process.execPath, args, { env: { ...process.env, NO_COLOR: '1' } });
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(8)} ${seconds} s`);
      if (code !== 0) console.log(Buffer.concat(output).toString());
      resolve(code === 0);
    });
  });

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in steps));
if (unknown.length > 0) {
  console.error(`check knows ${Object.keys(steps).join(', ')}; it got ${unknown.join(', ')}.`);
  process.exit(2);
}

const chosen = Object.entries(steps).filter(([name]) => asked.length === 0 || asked.includes(name));
const passed = await Promise.all(chosen.map(([name, args]) => run(name, args)));
process.exitCode = passed.every(Boolean) ? 0 : 1;
