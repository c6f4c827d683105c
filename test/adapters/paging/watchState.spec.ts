import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { fileWatchState, memoryWatchState } from '../../../src/adapters/paging/index.ts';

describe('the state of a watch', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watch-state-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  for (const [name, make] of [
    ['memory', () => memoryWatchState()],
    ['files', () => fileWatchState(join(folder, 'deep', 'er'))],
  ] as const) {
    it(`in ${name} has what was set last, by any key`, async () => {
      const state = make();
      for (const key of ['a/b:c', '../x', 'é "']) {
        expect((await state.get(key)) ?? undefined).equal(undefined);
        await state.set(key, 'one');
        await state.set(key, `two ${key}`);
      }
      for (const key of ['a/b:c', '../x', 'é "']) expect(await state.get(key)).equal(`two ${key}`);
    });
  }

  it('in files is read behind what is being written, whoever writes it', async () => {
    const writes = Array.from({ length: 50 }, (_, i) => fileWatchState(folder).set('key', String(i)));
    expect(await fileWatchState(folder).get('key')).equal('49');
    await Promise.all(writes);
    expect(await readdir(folder)).deep.equal(['key.json']);
  });

  it('in files goes on after a write that failed', async () => {
    await writeFile(join(folder, 'no'), '');
    const state = fileWatchState(join(folder, 'no'));
    const failed = await state.set('key', 'x').catch((error: unknown) => error);
    expect(failed).property('code', 'EEXIST');
    await rm(join(folder, 'no'));
    await state.set('key', 'y');
    expect(await state.get('key')).equal('y');
  });
});
