import { jumpClock } from './jumpingClock.ts';
import './detours.ts';
import { setTimeout as wait } from 'node:timers/promises';
import { type Bus, connect, DurabilityError, StoreError, stopOnSignals } from '../../../src/index.ts';
import { Ledger } from '../ledger/ledger.ts';
import { STALLED } from '../ledger/stallNote.ts';
import { ROLE_TABLE } from './roles/roles.ts';
import { busConfig, type ProcessSettings, SETTINGS } from './settings.ts';
import { watchStalls } from './watchStalls.ts';

/*
 * A producer or a consumer of the harness: connects, plays its role until it is asked to end by SIGTERM, and writes what
 * it does into its ledger. A number that it is sent is how far its clock jumps.
 */
const settings = JSON.parse(process.env[SETTINGS] ?? '{}') as ProcessSettings;
const CONNECT_AGAIN_MS = 200;
const STOP_WITHIN_MS = 15_000;

process.on('message', (jumpMs) => jumpClock(Number(jumpMs)));
process.on('disconnect', () => process.exit(1));

const ledger = new Ledger(settings.folder, settings.name);
const note = (code: string, message = ''): void => ledger.write({ event: 'note', code, message });
const notify = ({ code, message }: { readonly code: string; readonly message: string }): void => note(code, message);

watchStalls((stalledMs) => note(STALLED, `${Math.ceil(stalledMs)}`));

const leaveAtOnce = (): never => process.exit(0);
process.on('SIGTERM', leaveAtOnce);
const bus = await connected();
bus.notices.subscribe(notify);
const work = ROLE_TABLE[settings.role]({ bus, ledger, settings, notify });
process.off('SIGTERM', leaveAtOnce);
process.on('SIGTERM', () => note('STOPPING'));
stopOnSignals([work, bus], {
  deadlineMs: STOP_WITHIN_MS,
  exit: (code) => {
    note('STOPPED', `${code}`);
    process.exit(code);
  },
});
note('UP');
process.send?.('up');

/** A bus that runs goes on by itself when the server is away; one that begins is for its process to try again. */
async function connected(): Promise<Bus> {
  for (;;) {
    try {
      return await connect(busConfig(settings));
    } catch (error) {
      if (!mayPass(error)) throw error;
      note('CONNECT_FAILED', error.message);
      await wait(CONNECT_AGAIN_MS);
    }
  }
}

/** A master that has just taken over may have no replica yet that could confirm anything. */
function mayPass(error: unknown): error is Error {
  return (error instanceof StoreError && error.retryable) || error instanceof DurabilityError;
}
