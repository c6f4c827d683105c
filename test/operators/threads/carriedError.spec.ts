import { expect } from 'chai';
import { PermanentError } from '../../../src/core/errors.ts';
import { carry, revive } from '../../../src/operators/threads/carriedError.ts';

const sent = (error: unknown): Error => revive(structuredClone(carry(error)), 'm-1');

describe('errors carried out of threads', () => {
  it('keep name, message, code, stack and causes', () => {
    const error = Object.assign(new RangeError('far', { cause: new TypeError('odd') }), { code: 'FAR' });
    const back = sent(error);
    expect(back).includes({ name: 'RangeError', message: 'far', code: 'FAR', stack: error.stack });
    expect(back.cause).includes({ name: 'TypeError', message: 'odd' });
    expect(back).not.instanceOf(PermanentError);
  });

  it('are permanent where they were, by whatever copy of the class', () => {
    const copy = { PermanentError: class PermanentError extends Error {} };
    class Mine extends PermanentError {}
    class Theirs extends copy.PermanentError {}
    for (const error of [new PermanentError('no'), new Mine('no'), new copy.PermanentError('no'), new Theirs('no')]) {
      expect(sent(error)).instanceOf(PermanentError).includes({ message: 'no', messageId: 'm-1' });
    }
  });

  it('may be anything, and cause one another for ever', () => {
    expect(sent('text').message).equal('text');
    expect(sent(undefined).message).match(/non-error/);
    const [one, other] = [new Error('one'), new Error('other')];
    one.cause = other;
    other.cause = one;
    expect(sent(one)).includes({ message: 'one' });
    const odd = Object.defineProperty(new Error('x'), 'message', {
      get: () => {
        throw new Error('no');
      },
    });
    expect(sent(odd).message).match(/could not be read/);
  });
});
