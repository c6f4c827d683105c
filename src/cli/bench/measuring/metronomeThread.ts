import { parentPort, workerData } from 'node:worker_threads';

const { heard, everyMs } = workerData as { heard: Int32Array; everyMs: number };
const sleeper = new Int32Array(new SharedArrayBuffer(4));

for (;;) {
  Atomics.wait(sleeper, 0, 0, everyMs);
  if (Atomics.exchange(heard, 0, 1) === 0) parentPort?.postMessage(undefined);
}
