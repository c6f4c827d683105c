import { expect } from 'chai';
import { z } from 'zod';
import { connect } from '../../src/index.ts';
import { endpoint, service } from '../../src/services/index.ts';
import { eventually } from '../support/eventually.ts';
import { errorOf } from '../support/expectComplaint.ts';
import { metricPoints } from '../support/metricPoints.ts';

describe('metrics of a service', () => {
  const read = metricPoints();

  /** The points of a metric, as [service, topic, why it failed, value]. */
  async function points(name: string): Promise<unknown[]> {
    return (await read(name)).map(({ attributes, value }) => [
      attributes['sluice.service'],
      attributes['sluice.topic'],
      attributes['error.type'],
      value,
    ]);
  }

  it('go to the MeterProvider that is registered: how long requests take, by endpoint and failure, and how many run', async () => {
    await using bus = await connect();
    let answer: (value: null) => void = () => undefined;
    const endpoints = {
      'numbers.one': endpoint({ params: z.strictObject({}), run: () => 1 }),
      'numbers.held': endpoint({
        params: z.strictObject({}),
        run: () =>
          new Promise<null>((resolve) => {
            answer = resolve;
          }),
      }),
    };
    await using running = service(bus, { name: 'numbers', endpoints });
    await bus.request('numbers.one', {});
    await errorOf(() => bus.request('numbers.one', { wrong: 1 }));
    const held = bus.request('numbers.held', {});
    await eventually(() => expect(running.metrics().running).equal(1));
    expect(await points('sluice.service.requests.running')).deep.include(['numbers', 'numbers.held', undefined, 1]);
    answer(null);
    await held;
    await eventually(() => expect(running.metrics().running).equal(0));
    expect(await points('sluice.service.requests.running')).deep.equal([
      ['numbers', 'numbers.one', undefined, 0],
      ['numbers', 'numbers.held', undefined, 0],
    ]);
    expect(await points('sluice.service.request.duration')).have.deep.members([
      ['numbers', 'numbers.one', undefined, 1],
      ['numbers', 'numbers.one', 'INVALID_PARAMS', 1],
      ['numbers', 'numbers.held', undefined, 1],
    ]);
  });
});
