import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { npmCommand } from './npm-command.mjs';

const FLOOR = '22.15.0';
const [file, ...args] = npmCommand('exec', '--yes', `--package=node@${FLOOR}`, '--');
const { status } = spawnSync(file, [...args, 'node', 'scripts/mocha-on.mjs', FLOOR, ...process.argv.slice(2)], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  stdio: 'inherit',
  shell: file === 'npm' && process.platform === 'win32',
});
process.exit(status ?? 1);
