import * as sluice from 'sluice';
import * as memory from 'sluice/adapters/memory';
import * as redis from 'sluice/adapters/redis';
import * as operators from 'sluice/operators';
import * as testing from 'sluice/testing';

// Compiled twice, as ESM and as CommonJS: hence no top-level await.
async function main(): Promise<void> {
  for (const [name, entry] of Object.entries({ sluice, operators, testing, memory, redis })) {
    if (Object.keys(entry).length === 0) throw new Error(`${name} exports nothing`);
  }
  console.log('consumer: ok');
}

void main();
