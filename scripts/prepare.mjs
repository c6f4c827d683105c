import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// In a clone: builds, and makes `npx sluice` find what was built. npm links the commands of packages that are installed,
// but not the package's own.

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const { status } = spawnSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

mkdirSync('node_modules/.bin', { recursive: true });
writeFileSync('node_modules/.bin/sluice', "#!/usr/bin/env node\nimport('../../dist/cli/sluice.js');\n", {
  mode: 0o755,
});
writeFileSync('node_modules/.bin/sluice.cmd', '@node "%~dp0\\..\\..\\dist\\cli\\sluice.js" %*\r\n');
