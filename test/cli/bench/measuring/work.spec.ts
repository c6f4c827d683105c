import { expect } from 'chai';
import { workOf } from '../../../../src/cli/bench/measuring/work.ts';

describe('workOf', () => {
  for (const bytes of [32, 200, 65_536]) {
    it(`makes data of ${bytes} bytes as JSON, whatever its number`, () => {
      for (const n of [-1, 0, 9, 123_456_789]) expect(JSON.stringify(workOf(bytes)(n))).to.have.lengthOf(bytes);
    });
  }
});
