// JavaScript, so that a thread can load it as it is, out of the source too.
import { parentPort, workerData } from 'node:worker_threads';

/** @type {{ heard: Int32Array, everyMs: number }} */
const { heard, everyMs } = workerData;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

for (;;) {
  Atomics.wait(sleeper, 0, 0, everyMs);
  if (Atomics.exchange(heard, 0, 1) === 0) parentPort?.postMessage(undefined);
}
