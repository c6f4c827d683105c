import { connect } from '../../../src/index.ts';

/* Connects an embedded bus, uses it, and closes nothing: it ends by itself. */
const bus = await connect({ retention: { everyMs: 60_000 } });
await bus.publish('a.b', 1);
process.disconnect();
