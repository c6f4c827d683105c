import { expect } from 'chai';
import fc from 'fast-check';
import { topicOf } from '../../../examples/macro-desk/topicOf.ts';
import { checkTopic } from '../../../src/core/topic.ts';

describe('macro-desk topicOf', () => {
  it('names provider, dataset and frequency', () => {
    expect(topicOf({ series: 'IMF/WEO:2025-04/NPL.NGDP_RPCH.pcent_change', frequency: 'annual' })).to.equal(
      'dbnomics.IMF.WEO:2025-04.annual',
    );
    expect(topicOf({ series: 'INE-SPAIN/30680/CNTR4757', frequency: 'quarterly' })).to.equal(
      'dbnomics.INE-SPAIN.30680.quarterly',
    );
  });

  it('leaves out the number of a repetition', () => {
    expect(topicOf({ series: 'BIS/cbpol/M.US#2', frequency: 'monthly' })).to.equal('dbnomics.BIS.cbpol.monthly');
  });

  it('gives a topic of four parts whatever the codes are', () => {
    const code = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).filter((text) => !text.includes('/'));
    fc.assert(
      fc.property(code, code, code, (provider, dataset, frequency) => {
        const topic = topicOf({ series: `${provider}/${dataset}/x`, frequency });
        expect(checkTopic(topic).split('.')).to.have.lengthOf(4);
      }),
    );
  });
});
