import { expect } from 'chai';
import { errorText } from '../../src/internal/errorText.ts';

function withProperty(property: string, descriptor: PropertyDescriptor): Error {
  return Object.defineProperty(new Error('readable'), property, descriptor);
}
const throwing: PropertyDescriptor = {
  get() {
    throw new Error('thrown by a getter');
  },
};

describe('errorText', () => {
  it('is the name, the message and the stack', () => {
    const error = new RangeError('too far');
    expect(errorText(error)).deep.equal({ name: 'RangeError', message: 'too far', stack: error.stack });
  });

  it('leaves out a stack that is not there', () => {
    expect(errorText(withProperty('stack', { value: undefined }))).deep.equal({ name: 'Error', message: 'readable' });
  });

  it('reads what it can of an error whose getters throw', () => {
    expect(errorText(withProperty('name', throwing))).include({ name: 'Error', message: 'readable' });
    expect(errorText(withProperty('message', throwing)).message).equal('(its message could not be read)');
    expect(errorText(withProperty('stack', throwing))).deep.equal({ name: 'Error', message: 'readable' });
  });

  it('makes text of what is none, if that can be done', () => {
    expect(errorText(withProperty('name', { value: Symbol('odd') })).name).equal('Symbol(odd)');
    expect(errorText(withProperty('message', { value: 7 })).message).equal('7');
    expect(errorText(withProperty('message', { value: Object.create(null) })).message).equal(
      '(its message could not be read)',
    );
  });
});
