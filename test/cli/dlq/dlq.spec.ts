import { expect } from 'chai';
import { type Bus, connect, pipeline, stage, toDeadLetter } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';
import { type RedisServer, startRedis } from '../../support/redisServer.ts';
import { runSluice } from '../support/runSluice.ts';

describe('sluice dlq', function () {
  this.timeout(60_000);
  let server: RedisServer;
  let bus: Bus;
  let count = 0;
  before(async () => {
    server = await startRedis();
  });
  after(() => server.stop());

  const namespace = () => `shop-${count}`;
  const dlq = (...args: string[]) => runSluice(['dlq', ...args, '--store', server.url, '--namespace', namespace()]);
  const left = async () => (await bus.stats()).deadLetters;

  beforeEach(async () => {
    count += 1;
    bus = await connect({ store: server.url, namespace: namespace(), partitions: 2 });
    const topics = ['orders.new', 'orders.new', 'orders.old'];
    await bus.publishMany(topics.map((topic, i) => ({ topic, data: { i, topic }, key: `k${i}` })));
    const source = bus.from('orders.*', { group: 'strict' });
    await using running = pipeline('strict', source, stage('judge', toDeadLetter('no good'))).run();
    await eventually(async () => (await left()) === 3);
    await running.stop();
  });
  afterEach(() => bus.close());

  it('lists them, a line each, or as JSON', async () => {
    const { code, output, errors } = await dlq('list', '--topic', 'orders.n*');
    expect(code).to.equal(0);
    expect(errors).to.equal('2 dead letters of 3 in main\n');
    const lines = output.trimEnd().split('\n');
    expect(lines).to.have.length(2);
    for (const line of lines) {
      expect(line).to.match(
        /^main\.[01]:\d+-\d+ {2}\d{4}-.*Z {2}orders\.new {2}strict\/judge {2}1 × {2}\w*Error: no good$/,
      );
    }
    const json = (await dlq('list', '--json', '--limit', '2')).output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(json.map(({ group }) => group)).to.deep.equal(['strict', 'strict']);
    expect(json[0].ref).to.equal(`${json[0].stream}:${json[0].id}`);
  });

  it('shows one, whole, by the id that list prints', async () => {
    const [letter] = await bus.deadLetters();
    const { code, output } = await dlq('show', `${letter?.stream}:${letter?.id}`);
    expect(code).to.equal(0);
    expect(output)
      .to.match(/^by group +strict$/m)
      .and.match(/^topic +orders\.new$/m)
      .and.match(/^key +k\d$/m);
    expect(output)
      .to.include('no good')
      .and.include('"topic": "orders.new"')
      .and.match(/^ +at .*\d+:\d+\)?$/m);
    const { data } = JSON.parse((await dlq('show', letter?.id ?? '', '--json')).output);
    expect(data).to.include({ topic: 'orders.new' });
    const none = await dlq('show', '1-1');
    expect(none).to.include({ code: 1, output: '' });
    expect(none.errors).to.include('1-1').and.include('main');
  });

  it('tells how many there are of which kind', async () => {
    const { output } = await dlq('stats');
    expect(output).to.match(/^3 dead letters in main\n +3 {2}strict\/judge {2}\w*Error {2}/);
    const { count: all, partitions } = JSON.parse((await dlq('stats', '--json')).output);
    expect(all).to.equal(3);
    expect(Object.keys(partitions)).to.deep.equal(['main.0', 'main.1']);
  });

  it('replays what is meant, at a rate, with other data, or says first how many that is', async () => {
    expect((await dlq('replay', '--topic', '*.new', '--dry-run')).output).to.equal(
      '2 dead letters would be replayed\n',
    );
    expect(await left()).to.equal(3);
    const run = await dlq('replay', '--topic', '*.new', '--rate', '100', '--data', '{"fixed":true}');
    expect(run).to.deep.equal({ code: 0, output: '2 dead letters replayed\n', errors: '' });
    const seen: unknown[] = [];
    bus.from('orders.*', { group: 'strict' }).subscribe((delivery) => {
      seen.push(delivery.data);
      delivery.ack();
    });
    await eventually(() => seen.length === 2);
    expect(seen).to.deep.equal([{ fixed: true }, { fixed: true }]);
    expect((await dlq('replay', '--all')).output).to.equal('1 dead letter replayed\n');
  });

  it('purges only what somebody said twice', async () => {
    const asked = await dlq('purge', '--topic', '*.new');
    expect(asked).to.include({ code: 2, output: '' });
    expect(asked.errors).to.include('2 dead letters').and.include('--yes');
    expect((await dlq('purge', '--topic', '*.new', '--dry-run')).output).to.equal('2 dead letters would be purged\n');
    expect(await left()).to.equal(3);
    expect((await dlq('purge', '--topic', '*.new', '--yes')).output).to.equal('2 dead letters purged\n');
    expect((await dlq('purge', '--all', '--yes')).output).to.equal('1 dead letter purged\n');
    expect(await left()).to.equal(0);
  });

  it('makes nothing where nothing is, and names the streams that are there', async () => {
    const args = ['dlq', 'list', '--store', server.url, '--namespace'];
    expect(await runSluice([...args, 'nobody'])).to.include({ code: 0, output: '' });
    const wrong = await dlq('list', '--stream', 'mian');
    expect(wrong).to.include({ code: 2, output: '' });
    expect(wrong.errors).to.include("'mian'").and.include('main').and.include(namespace());
  });

  it('prints its help', async () => {
    const { code, output } = await runSluice(['dlq', '--help']);
    expect(code).to.equal(0);
    for (const word of ['list', 'show ID', 'stats', 'replay', 'purge', '--dry-run']) expect(output).to.include(word);
  });
});
