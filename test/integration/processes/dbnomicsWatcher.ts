import { dbnomics, fileWatchState, type SeriesChange } from '../../../src/adapters/dbnomics/index.ts';
import { connect, handle, pipeline } from '../../../src/index.ts';

/*
 * Watches two series, and publishes each new or revised value under an id of its own. Arguments: the store's URL, DBnomics'
 * address, the folder of the state; after how many changes it stands still: published, but not settled.
 */
const [store = '', baseUrl = '', folder = '', count = 'Infinity'] = process.argv.slice(2);
const bus = await connect({ store });
let handled = 0;

const publish = async ({ series: { id }, added, revised }: SeriesChange) => {
  for (const { period, value } of [...added, ...revised.map(({ observation }) => observation)]) {
    const receipt = await bus.publish('gen.watched', { id, period, value }, { id: `${id}/${period}=${value}` });
    process.send?.({ id, period, value, duplicate: receipt.duplicate === true });
  }
  handled += 1;
  if (handled === Number(count)) {
    process.send?.({ handled });
    await new Promise(() => undefined);
  }
};
const changes = dbnomics({ baseUrl }).watch(['GEN/big/S1', 'GEN/big/S2'], {
  everyMs: 20,
  readEvery: 1_000_000,
  state: fileWatchState(folder),
});
pipeline('watch', changes.deliveries(), handle(publish)).run();
