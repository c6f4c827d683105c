import { expect } from 'chai';
import { chaosOptions } from './options.ts';

describe('chaos options', () => {
  const of = (...args: string[]) => chaosOptions(args);

  it('has a default for everything', () => {
    expect(of()).to.deep.equal({ seeds: [1], minutes: 2, topology: 'single', durability: 'memory' });
    expect(of('--topology', 'cluster').durability).to.equal('replicated');
  });

  it('takes a seed, or several', () => {
    expect(of('--seed', '7').seeds).to.deep.equal([7]);
    expect(of('--seeds', '3-5', '--minutes', '0.5', '--json', 'f', '--keep', 'k')).to.deep.include({
      seeds: [3, 4, 5],
      minutes: 0.5,
      json: 'f',
      keep: 'k',
    });
  });

  it('says what it can not use', () => {
    expect(() => of('--seed', 'x')).to.throw("'x' is no seed");
    expect(() => of('--seeds', '5-3')).to.throw("'5-3' is no seed");
    expect(() => of('--seed', '1', '--seeds', '1-2')).to.throw('not both');
    expect(() => of('--minutes', '0')).to.throw("--minutes is '0'");
    expect(() => of('--topology', 'ring')).to.throw("--topology is 'ring'; it takes one of single, sentinel, cluster");
    expect(() => of('--durability', 'hope')).to.throw("--durability is 'hope'");
    expect(() => of('--wrong')).to.throw('--wrong');
  });
});
