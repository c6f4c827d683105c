import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { npmCommand } from './npm-command.mjs';

const FLOOR = '22.15.0';
const given = process.argv.slice(2);
// Servers that fail and programs that are started from examples and pages: no other Node makes a difference to these, and
// they take half the time.
const elsewhere = ['integration/topologies', 'chaos', 'docs', 'examples'].map((part) => `--ignore=test/${part}/**`);
const specs = given.length > 0 ? given : ['test/**/*.spec.ts', ...elsewhere];
const [file, ...args] = npmCommand('exec', '--yes', `--package=node@${FLOOR}`, '--');
const { status } = spawnSync(file, [...args, 'node', 'scripts/mocha-on.mjs', FLOOR, ...specs], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  stdio: 'inherit',
  shell: file === 'npm' && process.platform === 'win32',
});
process.exit(status ?? 1);
