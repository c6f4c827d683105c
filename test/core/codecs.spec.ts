import { expect } from 'chai';
import { bytesCodec } from '../../src/core/bytesCodec.ts';
import type { Codec } from '../../src/core/codec.ts';
import { Codecs } from '../../src/core/codecs.ts';
import { EncodeError, UnknownEncodingError } from '../../src/core/errors.ts';

const rot: Codec = { encoding: 'rot', encode: String, decode: () => 'rotten' };

describe('Codecs', () => {
  it('knows json, also by no name, and bytes', () => {
    const codecs = new Codecs();
    expect(codecs.for('').encoding).equal('json');
    expect(codecs.for('json').encoding).equal('json');
    expect(codecs.for('bytes').encoding).equal('bytes');
  });

  it('knows what is added, which may take the place of its own', () => {
    const json: Codec = { ...rot, encoding: 'json' };
    const codecs = new Codecs([rot, json]);
    expect(codecs.for('rot')).equal(rot);
    expect(codecs.for('')).equal(json);
  });

  it('refuses another, naming those it knows', () => {
    expect(() => new Codecs([rot]).for('msgpack'))
      .throw(UnknownEncodingError, "encoding 'msgpack' is unknown: known are 'json', 'bytes', 'rot'")
      .includes({ code: 'UNKNOWN_ENCODING' });
  });
});

describe('bytesCodec', () => {
  const codec = bytesCodec();

  it('keeps bytes as they are', () => {
    const bytes = Uint8Array.of(0, 255, 10);
    expect(codec.encode(bytes)).equal(bytes);
    expect(codec.decode(bytes)).equal(bytes);
    expect(codec.decode('é')).deep.equal(Buffer.from('é'));
  });

  it('refuses what is no bytes', () => {
    for (const data of ['text', [1, 2], undefined]) {
      expect(() => codec.encode(data)).throw(EncodeError, `it is ${typeof data}, not a Uint8Array`);
    }
  });
});
