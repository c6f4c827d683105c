import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Ledger, readLedgers } from './ledger.ts';

describe('chaos ledger', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'sluice-ledger-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read back in order of time, over all processes, without the half line of one that was killed', () => {
    const [one, two] = [new Ledger(folder, 'keeper-1.1'), new Ledger(folder, 'keeper-2.1')];
    one.write({ event: 'note', code: 'A', message: '' });
    two.write({ event: 'note', code: 'B', message: '' });
    one.write({ event: 'note', code: 'C', message: '' });
    appendFileSync(join(folder, 'keeper-1.1.ndjson'), '{"event":"note","co');
    one.close();
    two.close();
    expect(readLedgers(folder).map((record) => [record.process, 'code' in record && record.code])).to.deep.equal([
      ['keeper-1.1', 'A'],
      ['keeper-2.1', 'B'],
      ['keeper-1.1', 'C'],
    ]);
  });
});
