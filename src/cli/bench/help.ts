import { MODE_FACTS, MODES } from './modes.ts';

const modes = MODES.map((mode) => `  ${mode.padEnd(12)}${MODE_FACTS[mode].does}`);

/** What `sluice bench --help` prints. */
export const HELP = `sluice bench [mode] [options]

Measures Sluice on this machine: on this process's memory, or on the Redis server that you name.

Modes
${modes.join('\n')}

  Without a mode it is quick.

Options
  --store URL      where to measure: memory (default), redis://localhost:6379, rediss://…, unix:/path, redis+cluster://…
                   On a server it writes below one namespace of its own, sluice-bench.<random>, and removes that when it
                   is done; everything else on the server is left alone. Its load is real, though.
  --duration TIME  how long to measure in all: 500ms, 30s, 5m, 1.5h. In stress, how long each step takes
  --rate N         messages a second, in quick, latency, load, soak; where stress begins
  --producers N    how many publish, each a bus with connections of its own
  --consumers N    how many share the work, each a bus with connections of its own
  --payload BYTES  how large a message's data is, as JSON (200)
  --target-ms MS   in stress: what the 99th percentile of latency may be (50)
  --json FILE      write settings, machine, figures, percentiles, histograms and time series
  --html FILE      write a report with plots: one file that needs no network
  --help           print this

At a steady rate each message has the time at which it is due, and latency is counted from then until the handler has
it, whether or not the message could be sent in time: a stall shows in the percentiles of all messages it held up.

Ctrl-C ends the measurement, and reports what was measured until then.
`;
