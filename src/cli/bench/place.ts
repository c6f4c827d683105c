import { randomBytes } from 'node:crypto';
import { lastValueFrom } from 'rxjs';
import { memoryStore } from '../../adapters/memory/index.ts';
import { removeNamespace } from '../../adapters/redis/removeNamespace.ts';
import type { Bus } from '../../bus/bus.ts';
import { connect } from '../../bus/connect.ts';
import { type PresetOverrides, production } from '../../bus/presets.ts';
import type { Notice } from '../../core/notice.ts';
import type { StreamStore } from '../../core/store.ts';

/** Where a run takes place: a store, and on it a namespace that no other run has. */
export class Place {
  readonly namespace = `sluice-bench.${randomBytes(6).toString('hex')}`;
  private sites = 0;

  constructor(
    /** `memory` or a URL. */
    readonly store: string,
    private readonly onNotice: (notice: Notice) => void,
  ) {}

  get inMemory(): boolean {
    return this.store === 'memory';
  }

  /** Where one measurement takes place: nothing is there yet, and nothing stays. */
  async at<T>(measure: (site: Site) => Promise<T>): Promise<T> {
    const site = this.site();
    try {
      return await measure(site);
    } finally {
      await site.close();
    }
  }

  private site(): Site {
    this.sites += 1;
    const namespace = `${this.namespace}.${this.sites}`;
    if (!this.inMemory) {
      return new Site({ store: this.store, namespace }, this.onNotice, () => removeNamespace(this.store, namespace));
    }
    const store: StreamStore = memoryStore();
    return new Site({ store }, this.onNotice, () => lastValueFrom(store.close(), { defaultValue: undefined }));
  }
}

/** Makes buses that see the same streams, and leaves nothing of them behind. */
export class Site {
  private readonly opened: Bus[] = [];

  constructor(
    private readonly config: PresetOverrides,
    private readonly onNotice: (notice: Notice) => void,
    private readonly clear: () => Promise<void>,
  ) {}

  async bus(overrides: PresetOverrides = {}): Promise<Bus> {
    const bus = await connect(production({ ...this.config, ...overrides }));
    this.opened.push(bus);
    bus.notices.subscribe(this.onNotice);
    return bus;
  }

  /** One after the other, so that a server meets no flood of connections. */
  async buses(count: number, overrides?: PresetOverrides): Promise<readonly Bus[]> {
    const buses: Bus[] = [];
    while (buses.length < count) buses.push(await this.bus(overrides));
    return buses;
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.map((bus) => bus.close({ deadlineMs: 1_000 })));
    await this.clear();
  }
}
