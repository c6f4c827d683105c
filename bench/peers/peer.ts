import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { npmCommand } from '../../scripts/npm-command.mjs';

const FOLDER = import.meta.dirname;
const require = createRequire(import.meta.url);

/** A package of this folder, which is a project of its own: installed first, as its lockfile says, if it is not there. */
export function peer<T>(name: string): T {
  if (!existsSync(join(FOLDER, 'node_modules', name))) install();
  return require(name) as T;
}

function install(): void {
  process.stderr.write(`The peers are installed now, into ${FOLDER}\n`);
  const [npm, ...args] = npmCommand('ci', '--no-audit', '--no-fund');
  const { status, error } = spawnSync(npm, args, { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`npm ci failed in ${FOLDER}`, { cause: error });
}
