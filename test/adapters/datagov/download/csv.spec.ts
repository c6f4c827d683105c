import { expect } from 'chai';
import fc from 'fast-check';
import { DownloadEncodingError, DownloadFormatError } from '../../../../src/adapters/datagov/index.ts';
import { warningsOf } from '../../../support/warnings.ts';
import { all, Downloads } from './support.ts';

describe('downloads of CSV', () => {
  let at: Downloads;
  beforeEach(async () => {
    at = await Downloads.start();
  });
  afterEach(() => at.stop());

  it('are rows by column, as text, untrimmed', async () => {
    expect(await at.rows('a.csv', 'id,name,\n1, x ,\n2,,\n')).deep.equal([
      { id: '1', name: ' x ', column_3: '' },
      { id: '2', name: '', column_3: '' },
    ]);
    expect(await at.rows('a.csv', 'a,a,b\n1,2,3')).deep.equal([{ a: '1', a_2: '2', b: '3' }]);
    expect(await at.rows('a.csv', 'a,a_2,a,a,a_2\n1,2,3,4,5')).deep.equal([
      { a: '1', a_2: '2', a_3: '3', a_4: '4', a_2_2: '5' },
    ]);
    const many = 100_000;
    const [row] = await at.rows('a.csv', `${'a,'.repeat(many)}\n${'1,'.repeat(many)}\n`);
    expect(Object.keys(row ?? {}).at(-2)).equal('a_100000');
    expect(await at.rows('a.csv', '')).deep.equal([]);
    expect(await at.rows('a.csv', 'only,names\n')).deep.equal([]);
  });

  it('keep line ends and quotes within quotes, and stray quotes', async () => {
    expect(await at.rows('a.csv', 'a,b\r\n"x\r\ny","say ""hi"""\r\nthe 5" disk,"z"\r\n')).deep.equal([
      { a: 'x\r\ny', b: 'say "hi"' },
      { a: 'the 5" disk', b: 'z' },
    ]);
  });

  it('end with CRLF, LF or CR, mixed as may be, even where a piece ends', async () => {
    const rows = [
      { a: '1', b: '2' },
      { a: '3', b: '4' },
      { a: '5', b: 'x\ry' },
      { a: '7', b: '8' },
    ];
    for (const body of [
      'a,b\r\n1,2\n3,4\r\n5,"x\ry"\n7,8\n',
      'a,b\n1,2\r\n3,4\n5,"x\ry"\r\n7,8',
      'a,b\r1,2\r3,4\r5,"x\ry"\r7,8\r',
      'a,b\r\r\n1,2\r\r\n3,4\n5,"x\ry"\r\n7,8\r',
    ]) {
      expect(await at.rows('a.csv', body)).deep.equal(rows);
      const pieces = () => [...body].map((one) => Buffer.from(one));
      expect(await all(at.source('a.csv', { pieces }))).deep.equal(rows);
    }
    expect(at.bad).deep.equal([]);
  });

  it('leave out empty lines, and empty fields behind the last column', async () => {
    expect(await at.rows('a.csv', 'a,b\n\n1,2,,\n\n')).deep.equal([{ a: '1', b: '2' }]);
    expect(at.bad).deep.equal([]);
  });

  it('report ragged rows with where they are, and give out the others', async () => {
    expect(await at.rows('a.csv', 'a,b\n1,2\n3\n"4\n4",5,6\n7,8\n')).deep.equal([
      { a: '1', b: '2' },
      { a: '7', b: '8' },
    ]);
    expect(at.bad.map(({ row, line, message }) => [row, line, message])).deep.equal([
      [2, 3, 'row 2, line 3, has 1 fields where 2 are named'],
      [3, 5, 'row 3, line 5, has 3 fields where 2 are named'],
    ]);
    const onBadRow = undefined as unknown as () => void;
    const warnings = await warningsOf(1, () => at.rows('a.csv', 'a,b\n1\n', { onBadRow }));
    expect(warnings[0]).include({ code: 'SLUICE_DATAGOV_ROW' });
  });

  it('have other delimiters and columns, if they are said', async () => {
    expect(await at.rows('a.csv', 'a;b\n1;2\n', { delimiter: ';' })).deep.equal([{ a: '1', b: '2' }]);
    expect(await at.rows('a.tsv', 'a\tb\n1\t2\n')).deep.equal([{ a: '1', b: '2' }]);
    expect(await at.rows('a.csv', '1,2\n3,4\n', { columns: ['x', 'y'] })).deep.equal([
      { x: '1', y: '2' },
      { x: '3', y: '4' },
    ]);
  });

  it('have a column named like a property of every object', async () => {
    const [row] = await at.rows('a.csv', '__proto__,constructor\n1,2\n');
    expect(Object.entries(row ?? {})).deep.equal([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });

  describe('are text of', () => {
    const text = 'näme,b\n«é»,2\n';
    const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
    const cases: readonly (readonly [string, Buffer, object, string | undefined])[] = [
      ['UTF-8', Buffer.from(text), {}, undefined],
      ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), {}, undefined],
      ['UTF-16, little end first', wide, {}, undefined],
      ['UTF-16, big end first', Buffer.from(wide).swap16(), {}, undefined],
      ['what the answer says', Buffer.from(text, 'latin1'), {}, 'text/csv; charset=ISO-8859-1'],
      ['what the caller says', Buffer.from(text, 'latin1'), { encoding: 'windows-1252' }, 'text/csv; charset=utf-8'],
      ['UTF-8 with a mark, whatever is said', Buffer.from(`\ufeff${text}`), { encoding: 'windows-1252' }, undefined],
      ['an answer that says nonsense', Buffer.from(text), {}, 'text/csv; charset=nonsense'],
    ];
    for (const [name, body, options, type] of cases) {
      it(name, async () => {
        const rows = await at.rows('a.csv', body, options, type === undefined ? {} : { type });
        expect(rows).deep.equal([{ näme: '«é»', b: '2' }]);
      });
    }

    it('nothing else: bytes that are no text of it are an error, with where', async () => {
      const body = Buffer.concat([Buffer.from('a\n1\n'), Buffer.from('é\n', 'latin1')]);
      const error = await at.failure('a.csv', { body });
      expect(error).instanceOf(DownloadEncodingError).include({ code: 'DOWNLOAD_ENCODING' });
      expect(error.message).contain("no utf-8, behind byte 0: say `encoding`, 'windows-1252' perhaps");
    });
  });

  it('end with an error where quotes never do, behind the rows before', async () => {
    const rows: unknown[] = [];
    const source = at.source('a.csv', { body: 'a,b\n1,2\n"3,4\n5,6\n' });
    const error = await new Promise((resolve) => source.subscribe({ next: (row) => rows.push(row), error: resolve }));
    expect(rows).deep.equal([{ a: '1', b: '2' }]);
    expect(error).instanceOf(DownloadFormatError).property('message').contain('behind row 1');
  });

  it('end with an error at a row of more than maxRowBytes', async () => {
    const body = `a\n1\n"${'x\n'.repeat(50_000)}"\n`;
    const error = await at.failure('a.csv', { body }, { maxRowBytes: 10_000 });
    expect(error).instanceOf(DownloadFormatError).property('message').contain('Max Record Size');
    expect((await at.rows('a.csv', body)).length).equal(2);
  });

  it('end with an error at a row of endless empty fields', async () => {
    let sent = 0;
    function* pieces() {
      yield Buffer.from('a,b\n1,2\n');
      for (; sent < 100; sent++) yield Buffer.alloc(65_536, ',');
    }
    const rows: unknown[] = [];
    const source = at.source('a.csv', { pieces }, { maxRowBytes: 1_000_000 });
    const error = await new Promise((resolve) => source.subscribe({ next: (row) => rows.push(row), error: resolve }));
    expect(rows).deep.equal([{ a: '1', b: '2' }]);
    expect(error).instanceOf(DownloadFormatError).property('message').contain('more than maxRowBytes (1000000)');
    expect(await at.rows('a.csv', `a,b\n${'\n'.repeat(300_000)}1,2\n`, { maxRowBytes: 10_000 })).deep.equal(rows);
  });

  it('are what was written, whatever was written', async () => {
    const field = fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => !/^\ufeff/.test(text));
    const table = fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 20 });
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const body = ['x,y', ...rows.map((row) => row.map(quoted).join(','))].join('\r\n');
        expect(await at.rows('a.csv', Buffer.from(body))).deep.equal(rows.map(([x, y]) => ({ x, y })));
      }),
      { numRuns: 40 },
    );
  });
});
