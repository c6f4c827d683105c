import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeFolder } from '../../../examples/macro-desk/makeFolder.ts';
import { RunFolder } from './support/runFolder.ts';

describe('macro-desk makeFolder', () => {
  it('makes a folder and those above it, once', async () => {
    using folder = new RunFolder();
    const deep = join(folder.path, 'a', 'b');
    await makeFolder(deep);
    await makeFolder(deep);
    expect(statSync(deep).isDirectory()).to.equal(true);
  });

  it('refuses a file in its place or above it', async () => {
    using folder = new RunFolder();
    const file = join(folder.path, 'file');
    writeFileSync(file, '');
    for (const path of [file, join(file, 'below')]) {
      const error = await makeFolder(path).catch((cause: Error) => cause);
      expect(error).to.be.instanceOf(Error).with.property('message').that.includes(file);
    }
  });
});
