import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import './build.mjs';
import { pack } from './pack.mjs';

// ESM only: Node >= 22.15 loads ESM through require(), and older resolution knows no subpath exports.
const OUT_OF_SCOPE = ['node10', 'node16-cjs'];

/** @param {Uint8Array} tarball */
const publishFaults = async (tarball) => {
  const { messages, pkg } = await publint({ pack: { tarball: tarball.slice().buffer }, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
};

/** @param {Uint8Array} tarball */
const typeFaults = async (tarball) => {
  const result = await checkPackage(createPackageFromTarballData(tarball));
  if (!result.types) return ['types: the package has none'];
  return result.problems
    .filter((problem) => !('resolutionKind' in problem) || !OUT_OF_SCOPE.includes(problem.resolutionKind))
    .map((problem) => `types: ${JSON.stringify(problem)}`);
};

const directory = mkdtempSync(join(tmpdir(), 'sluice-pack-'));
try {
  const tarball = new Uint8Array(readFileSync(pack(directory)));
  const faults = [...(await publishFaults(tarball)), ...(await typeFaults(tarball))];
  if (faults.length > 0) {
    console.error(faults.join('\n'));
    process.exitCode = 1;
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
