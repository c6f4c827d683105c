import { readFile, writeFile } from 'node:fs/promises';
import { dbnomics, type SeriesProgress } from '../../../src/adapters/dbnomics/index.ts';
import { connect } from '../../../src/index.ts';

/*
 * Walks the generated dataset from the place in a file, publishes each observation under an id of its own, and keeps the
 * place of each page that is published. Arguments: the store's URL, DBnomics' address, the file; how many series to publish
 * before it stands still, to be killed in the middle of a page.
 */
const [store = '', baseUrl = '', file = '', count = 'Infinity'] = process.argv.slice(2);
const bus = await connect({ store });
const offset = Number(await readFile(file, 'utf8').catch(() => '0'));
const pages: SeriesProgress[] = [];
const query = { provider: 'GEN', dataset: 'big', observations: true, pageSize: 20 };
let handled = 0;
let duplicates = 0;

const onProgress = (page: SeriesProgress) => void pages.push(page);
for await (const { id, observations } of dbnomics({ baseUrl }).series({ ...query, offset, onProgress })) {
  for (const { period, value } of observations) {
    const receipt = await bus.publish('gen.walked', { id, period, value }, { id: `${id}/${period}` });
    if (receipt.duplicate) duplicates += 1;
  }
  handled += 1;
  while (pages[0] && pages[0].done <= handled) await writeFile(file, String(pages.shift()?.offset));
  if (handled === Number(count)) {
    process.send?.({ offset, handled, duplicates });
    await new Promise(() => undefined);
  }
}
process.send?.({ offset, handled, duplicates });
await bus.close();
process.disconnect();
