import Mocha = require('mocha');

const CONTRACT = /^store contract: (\S+)/;

interface Tally {
  passed: number;
  failed: number;
}

const counted = ({ passed, failed }: Tally): string =>
  failed === 0 ? `${passed} passed` : `${passed} passed, ${failed} failed`;

/** Mocha's Spec, then the contract cases of each store, then `N passed, N failed` as the last line. */
class Reporter extends Mocha.reporters.Spec {
  private readonly tallies = new Map<string, Tally>();

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.on('pass', (test) => this.count(test, 'passed'));
    runner.on('fail', (test) => this.count(test, 'failed'));
    runner.once('end', () => this.conclude());
  }

  private count(test: Mocha.Runnable, result: keyof Tally): void {
    const store = CONTRACT.exec(test.titlePath()[0] ?? '')?.[1];
    if (store === undefined) return;
    const tally = this.tallies.get(store) ?? { passed: 0, failed: 0 };
    tally[result] += 1;
    this.tallies.set(store, tally);
  }

  private conclude(): void {
    const stores = [...this.tallies].map(([store, tally]) => `${store} ${counted(tally)}`);
    if (stores.length > 0) console.log(`contract suite: ${stores.join(' · ')}`);
    const { passes = 0, failures = 0 } = this.stats;
    console.log(`${passes} passed, ${failures} failed`);
  }
}

export = Reporter;
