import { expect } from 'chai';
import fc from 'fast-check';
import { asyncScheduler } from 'rxjs';
import { Circuit, type CircuitChange, type CircuitRules } from '../../src/operators/circuit.ts';
import { FailureWindow } from '../../src/operators/failureWindow.ts';
import { type Virtual, virtualRun } from '../support/virtualRun.ts';

const RULES: CircuitRules = {
  failureRate: 0.5,
  minimum: 4,
  consecutive: Infinity,
  windowMs: 100,
  coolDownMs: 50,
  probes: 2,
  scheduler: asyncScheduler,
};
const ANSWER = { answered: true };
const NEITHER = { answered: false };
const FAILURE = { failure: new Error('down') };

function withCircuit(
  rules: Partial<CircuitRules>,
  test: (circuit: Circuit, changes: string[], virtual: Virtual) => void,
) {
  virtualRun((virtual) => {
    const changes: string[] = [];
    const tell = ({ from, to, reason, error }: CircuitChange) =>
      changes.push(`${asyncScheduler.now()} ${from} > ${to}: ${reason}${error ? ` (${error.message})` : ''}`);
    test(new Circuit({ ...RULES, ...rules }, tell), changes, virtual);
    virtual.flush();
  });
}

function call(circuit: Circuit, ...results: readonly Parameters<ReturnType<Circuit['begin']>>[0][]): void {
  for (const result of results) circuit.begin()(result);
}

describe('Circuit', () => {
  it('opens at the failure that makes the share, not before there are enough', () =>
    withCircuit({}, (circuit, changes) => {
      call(circuit, FAILURE, FAILURE, ANSWER);
      expect([circuit.state, circuit.admits]).deep.equal(['closed', true]);
      call(circuit, ANSWER, ANSWER, FAILURE);
      expect([circuit.state, circuit.admits]).deep.equal(['open', false]);
      expect(changes).deep.equal(['0 closed > open: 3 of 6 failed within 100 ms (down)']);
    }));

  it('counts only what happened within the window, and neither as nothing', () =>
    withCircuit({}, (circuit, changes, { at }) => {
      at(0, () => call(circuit, FAILURE, FAILURE, FAILURE));
      at(105, () => call(circuit, FAILURE, NEITHER, NEITHER));
      at(106, () => expect([circuit.state, changes]).deep.equal(['closed', []]));
    }));

  it('opens after so many failures in a row', () =>
    withCircuit({ consecutive: 3, minimum: 100 }, (circuit, changes) => {
      call(circuit, FAILURE, FAILURE, ANSWER, FAILURE, NEITHER, FAILURE);
      expect(circuit.state).equal('closed');
      call(circuit, FAILURE);
      expect(changes).deep.equal(['0 closed > open: 3 failed in a row (down)']);
    }));

  it('lets in as many probes as it is to, closes when all were answered, and begins anew', () =>
    withCircuit({ minimum: 1 }, (circuit, changes, { at }) => {
      call(circuit, FAILURE);
      at(49, () => expect(circuit.admits).equal(false));
      at(51, () => {
        const first = circuit.begin();
        expect(circuit.admits).equal(true);
        const second = circuit.begin();
        expect(circuit.admits).equal(false);
        first(ANSWER);
        expect([circuit.state, circuit.admits]).deep.equal(['half-open', false]);
        second(NEITHER);
        expect(circuit.admits).equal(true);
        call(circuit, ANSWER);
        expect([circuit.state, circuit.admits]).deep.equal(['closed', true]);
        expect(changes).deep.equal([
          '0 closed > open: 1 of 1 failed within 100 ms (down)',
          '50 open > half-open: 50 ms have passed',
          '51 half-open > closed: 2 probes were answered',
        ]);
      });
    }));

  it('has forgotten what was before, once it closes', () =>
    withCircuit({ windowMs: 1_000, probes: 1 }, (circuit, _, { at }) => {
      call(circuit, FAILURE, FAILURE, FAILURE, FAILURE);
      at(51, () => call(circuit, ANSWER));
      at(52, () => {
        call(circuit, FAILURE, FAILURE, FAILURE);
        expect(circuit.state).equal('closed');
        call(circuit, FAILURE);
        expect(circuit.state).equal('open');
      });
    }));

  it('opens again when a probe fails, for another cool-down', () =>
    withCircuit({ minimum: 1 }, (circuit, changes, { at }) => {
      call(circuit, FAILURE);
      at(60, () => call(circuit, ANSWER, FAILURE));
      at(109, () => expect(circuit.state).equal('open'));
      at(111, () => {
        expect(circuit.state).equal('half-open');
        expect(changes[2]).equal('60 half-open > open: a probe failed (down)');
      });
    }));

  it('takes no account of calls that began before its last change', () =>
    withCircuit({ minimum: 1, probes: 1 }, (circuit, _, { at }) => {
      const [early, late] = [circuit.begin(), circuit.begin()];
      call(circuit, FAILURE);
      early(ANSWER);
      expect(circuit.state).equal('open');
      at(60, () => {
        late(FAILURE);
        expect([circuit.state, circuit.admits]).deep.equal(['half-open', true]);
      });
    }));

  it('leaves no timer once stopped', () =>
    withCircuit({ minimum: 1 }, (circuit, changes, { at }) => {
      call(circuit, FAILURE);
      circuit.stop();
      at(500, () => expect(changes).length(1));
    }));

  it('takes no account of what ends once it is stopped', () =>
    withCircuit({ minimum: 1 }, (circuit, changes) => {
      const late = circuit.begin();
      circuit.stop();
      late(FAILURE);
      expect([circuit.state, changes]).deep.equal(['closed', []]);
    }));
});

describe('FailureWindow', () => {
  it('counts what is younger than the window, give or take a tenth', () => {
    const event = fc.record({ waitMs: fc.nat({ max: 400 }), failed: fc.boolean() });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const window = new FailureWindow(1_000);
        let now = 12_345;
        const past: { at: number; failed: boolean }[] = [];
        for (const { waitMs, failed } of events) {
          now += waitMs;
          window.add(failed, now);
          past.push({ at: now, failed });
          const counts = window.counts(now);
          const within = (ms: number) => past.filter(({ at }) => at > now - ms);
          expect(counts.calls).within(within(900).length, within(1_000).length);
          const failures = (ms: number) => within(ms).filter((each) => each.failed).length;
          expect(counts.failed).within(failures(900), failures(1_000));
        }
      }),
    );
  });

  it('goes on counting when the clock is put back', () => {
    const window = new FailureWindow(1_000);
    window.add(true, 5_000);
    window.add(false, 3_000);
    expect(window.counts(3_000)).deep.equal({ calls: 2, failed: 1 });
    expect(window.counts(5_010)).deep.equal({ calls: 2, failed: 1 });
  });
});
