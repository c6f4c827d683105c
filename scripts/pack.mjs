import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { npmCommand } from './npm-command.mjs';

/**
 * Packs what `dist` holds now, without building.
 *
 * @param {string} directory where the tarball goes
 * @returns {string} the tarball's path
 */
export const pack = (directory) => {
  const [file, ...args] = npmCommand('pack', '--ignore-scripts', '--json', '--pack-destination', directory);
  const listing = JSON.parse(execFileSync(file, args, { encoding: 'utf8' }));
  return join(directory, listing[0].filename);
};
