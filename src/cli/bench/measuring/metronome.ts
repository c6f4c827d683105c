import { Worker } from 'node:worker_threads';
import { Observable } from 'rxjs';

const THREAD = new URL('metronomeThread.js', import.meta.url);
const FINEST_MS = 0.05;
const COARSEST_MS = 1;

/** How often to look at the time for a rate: four times a message, if that is not too often. */
export function tickMs(perSecond: number): number {
  return Math.min(COARSEST_MS, Math.max(FINEST_MS, 1_000 / perSecond / 4));
}

/**
 * Ticks finer than a timer of Node can, which has whole ms: a thread sleeps for exactly that long and then wakes this one.
 * A tick that falls due while the last has not been heard yet is left out. Never completes; unsubscribing ends the thread.
 */
export function metronome(everyMs: number): Observable<void> {
  return new Observable((subscriber) => {
    const heard = new Int32Array(new SharedArrayBuffer(4));
    const thread = new Worker(THREAD, { workerData: { heard, everyMs } });
    thread.on('message', () => {
      Atomics.store(heard, 0, 0);
      subscriber.next();
    });
    thread.on('error', (cause) => subscriber.error(cause));
    return () => void thread.terminate();
  });
}
