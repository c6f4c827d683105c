import { expect } from 'chai';
import { parseOptions } from '../../../src/cli/bench/options.ts';
import { UsageError } from '../../../src/cli/usageError.ts';

describe('sluice bench parseOptions', () => {
  it('asks for a quick run on memory by default', () => {
    expect(parseOptions([])).to.deep.equal({
      mode: 'quick',
      durationMs: 32_000,
      rate: 1_000,
      producers: 1,
      consumers: 1,
      payloadBytes: 200,
      store: 'memory',
      targetMs: 50,
      json: undefined,
      html: undefined,
    });
  });

  it('reads every flag', () => {
    const steady = ['--duration', '1.5m', '--rate', '0.5', '--producers', '3', '--consumers=4', '--payload', '64'];
    const rest = ['--store', 'rediss://u:p@h:1/2', '--target-ms', '2.5', '--json', 'a.json', '--html', 'a.html'];
    expect(parseOptions(['stress', ...steady, ...rest])).to.deep.equal({
      mode: 'stress',
      durationMs: 90_000,
      rate: 0.5,
      producers: 3,
      consumers: 4,
      payloadBytes: 64,
      store: 'rediss://u:p@h:1/2',
      targetMs: 2.5,
      json: 'a.json',
      html: 'a.html',
    });
  });

  it('gives each mode defaults of its own', () => {
    expect(parseOptions(['load'])).to.include({ mode: 'load', rate: 5_000, producers: 10, consumers: 10 });
    expect(parseOptions(['soak'])).to.include({ mode: 'soak', durationMs: 600_000 });
  });

  const durations = { '500ms': 500, '30s': 30_000, '30': 30_000, '5m': 300_000, '1.5h': 5_400_000 };
  for (const [text, ms] of Object.entries(durations)) {
    it(`takes ${text} as ${ms} ms`, () => expect(parseOptions(['--duration', text])?.durationMs).to.equal(ms));
  }

  it('is undefined where help is asked for, whatever else there is', () => {
    expect(parseOptions(['--help'])).to.equal(undefined);
    expect(parseOptions(['-h', '--rate', '0'])).to.equal(undefined);
  });

  const wrong: readonly (readonly [readonly string[], string])[] = [
    [['fast'], "mode is 'fast': it takes quick, throughput, latency, patterns, load, stress, soak, growth"],
    [['load', 'soak'], "one mode at a time: 'soak' is left over behind 'load'"],
    [['--rat', '1'], "Unknown option '--rat'"],
    [['--rate'], '--rate'],
    [['--rate', '0'], "--rate is '0': it takes a number of messages a second from 0.1 to 1,000,000"],
    [['--rate', '-5'], '--rate'],
    [['--rate', 'many'], "--rate is 'many': it takes a number"],
    [['--rate', '2000000'], "--rate is '2000000'"],
    [['--rate', '1e3'], "--rate is '1e3'"],
    [['load', '--producers', '0'], "--producers is '0': it takes a whole number from 1 to 1,000"],
    [['load', '--consumers', '1.5'], "--consumers is '1.5': it takes a whole number from 1 to 1,000"],
    [['load', '--producers', '500', '--rate', '100', '--duration', '1s'], '--producers is 500: with 100 messages'],
    [['--payload', '10'], "--payload is '10': it takes a whole number of bytes from 32 to 1,000,000"],
    [['--duration', '0'], "--duration is '0': it takes a time from 200ms to 24h"],
    [['--duration', '3 days'], "--duration is '3 days'"],
    [['latency', '--rate', '1', '--duration', '2s'], '--rate 1 for --duration 2s are 2 messages'],
    [['stress', '--target-ms', '0'], "--target-ms is '0': it takes a number of ms"],
    [['latency', '--target-ms', '5'], '--target-ms says nothing to latency: it is for stress'],
    [['throughput', '--rate', '5'], '--rate says nothing to throughput: it is for quick, latency, load, stress, soak'],
    [['growth', '--duration', '5s'], '--duration says nothing to growth'],
    [['--store', '127.0.0.1'], '--store takes memory, or a URL'],
    [['--json', ''], "--json is '': it takes the path of a file"],
  ];
  for (const [args, says] of wrong) {
    it(`refuses ${args.join(' ')}`, () => expect(() => parseOptions(args)).to.throw(UsageError, says));
  }

  it('does not repeat a URL that is wrong: it may hold a password', () => {
    expect(() => parseOptions(['--store', 'http://user:secret@host']))
      .to.throw(UsageError)
      .that.has.property('message')
      .that.does.not.include('secret');
  });
});
