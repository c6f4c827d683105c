#!/usr/bin/env node

// Nothing is imported before this, and no newer syntax is used: on an older Node it must come as far as the sentence.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 15)) {
  process.stderr.write(`Sluice needs Node 22.15 or newer, and this is Node ${process.versions.node}.\n`);
  process.exitCode = 1;
} else {
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv.slice(2));
}
