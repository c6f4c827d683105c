import { expect } from 'chai';
import { Screen } from '../../../../examples/macro-desk/report/screen.ts';

describe('macro-desk Screen', () => {
  const output = (isTTY: boolean) => {
    const written: string[] = [];
    return { isTTY, written, write: (text: string) => written.push(text) };
  };

  it('draws live lines over those before on a terminal', () => {
    const terminal = output(true);
    let time = 0;
    const screen = new Screen(terminal, terminal, () => time);
    screen.draw(() => ['a 1', 'b 1']);
    time = 60;
    screen.draw(() => ['a 2', 'b 2']);
    expect(terminal.written.join('')).to.equal('a 1\nb 1\n\x1b[2A\x1b[Ja 2\nb 2\n');
  });

  it('skips what no eye could follow, but never the last', () => {
    const terminal = output(true);
    const screen = new Screen(terminal, terminal, () => 0);
    for (const n of [1, 2, 3]) screen.draw(() => [`${n}`]);
    screen.draw(() => ['last'], true);
    expect(terminal.written.join('')).to.equal('1\n\x1b[1A\x1b[Jlast\n');
  });

  it('prints above the live lines, which stand once they are left', () => {
    const terminal = output(true);
    const screen = new Screen(terminal);
    screen.draw(() => ['live']);
    screen.warn('a warning');
    screen.draw(() => ['live'], true);
    screen.leave();
    screen.print(['done']);
    expect(terminal.written.join('')).to.equal('live\n\x1b[1A\x1b[Ja warning\nlive\n\ndone\n');
  });

  it('writes no control code to anything else', () => {
    const file = output(false);
    const screen = new Screen(file);
    screen.draw(() => ['live'], true);
    screen.leave();
    screen.print([screen.style('bold', 'plain')]);
    expect(file.written.join('')).to.equal('plain\n');
  });
});
