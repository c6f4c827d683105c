import { type Bus, type BusConfig, connect, memoryStore, type Notice, type StreamStore } from '../../src/index.ts';
import { type RedisServer, startRedis } from './redisServer.ts';

/** Buses over one place, which is empty at the beginning of each test. */
export interface World {
  readonly store: 'memory' | 'redis';
  /** Connects another bus to the same place; it is closed after the test. */
  connect(config?: BusConfig): Promise<Bus>;
  /** What the buses had to tell. */
  readonly notices: readonly Notice[];
}

interface Place {
  readonly config: BusConfig;
  readonly close?: () => void;
}

/** Runs tests on memory and on a Redis server of their own. */
export function onEachStore(tests: (world: World) => void): void {
  describe('on memory', () => tests(worldOf('memory', memoryPlace)));
  describe('on Redis', () => {
    let server: RedisServer;
    before(async () => {
      server = await startRedis();
    });
    after(() => server.stop());
    let count = 0;
    tests(worldOf('redis', () => ({ config: { store: server.url, namespace: `test-${++count}` } })));
  });
}

function memoryPlace(): Place {
  const store: StreamStore = memoryStore();
  return { config: { store }, close: () => store.close().subscribe() };
}

function worldOf(store: World['store'], newPlace: () => Place): World {
  const notices: Notice[] = [];
  let place: Place;
  let buses: Bus[] = [];
  beforeEach(() => {
    place = newPlace();
    buses = [];
    notices.length = 0;
  });
  afterEach(async () => {
    await Promise.all(buses.map((bus) => bus.close({ deadlineMs: 100 })));
    place.close?.();
  });
  return {
    store,
    notices,
    async connect(config = {}) {
      const bus = await connect({ ...place.config, ...config });
      bus.notices.subscribe((notice) => notices.push(notice));
      buses.push(bus);
      return bus;
    },
  };
}
