import type { CatalogDataset } from './catalogDataset.ts';
import { textOrNothing } from './reading.ts';
import { type SearchNotice, warnOfNotice } from './searchNotice.ts';
import type { SearchQuery } from './searchQuery.ts';

type Filter = readonly [option: string, asked: string, got: (hit: CatalogDataset) => string | undefined];

/** Notices what Data.gov leaves aside with a 200: another order than was asked for, hits that do not fit. Once each. */
export class SearchNotices {
  private readonly told = new Set<string>();
  private readonly filters: readonly Filter[];

  constructor(private readonly query: SearchQuery) {
    this.filters = filtersOf(query);
  }

  /** @param applied the `sort` that a page says it has */
  look(applied: unknown, hits: readonly CatalogDataset[]): void {
    const { sort = 'relevance' } = this.query;
    const got = textOrNothing(applied);
    if (got !== undefined && got !== sort) {
      this.tell('sort-replaced', 'sort', sort, got, `Data.gov sorted by ${got}, not by ${sort}`);
    }
    for (const [option, asked, misfit] of this.filters) {
      const bad = hits.find((hit) => misfit(hit) !== undefined);
      if (!bad) continue;
      const found = misfit(bad) ?? '';
      this.tell(
        'filter-ignored',
        option,
        asked,
        found,
        `Data.gov left ${option} ${asked} aside: ${bad.slug} has ${found}`,
      );
    }
  }

  private tell(kind: SearchNotice['kind'], option: string, asked: string, got: string, message: string): void {
    if (this.told.has(option)) return;
    this.told.add(option);
    (this.query.onNotice ?? warnOfNotice)({ kind, option, asked, got, message });
  }
}

/** What a hit has that does not fit; undefined if it does. */
function filtersOf({ orgSlug, orgTypes = [], keywords = [], spatialFilter }: SearchQuery): readonly Filter[] {
  const filters: Filter[] = [];
  if (orgSlug !== undefined) {
    filters.push(['orgSlug', orgSlug, ({ organization: of }) => (of && of.slug !== orgSlug ? of.slug : undefined)]);
  }
  if (orgTypes.length > 0) {
    const types: readonly string[] = orgTypes;
    const fits = (type: string | undefined) => type === undefined || types.includes(type);
    filters.push(['orgTypes', types.join(', '), ({ organization: of }) => (fits(of?.type) ? undefined : of?.type)]);
  }
  for (const keyword of keywords) {
    const fits = (one: string) => one.toLowerCase() === keyword.toLowerCase();
    filters.push(['keywords', keyword, (hit) => (hit.keywords.some(fits) ? undefined : hit.keywords.join(', '))]);
  }
  if (spatialFilter !== undefined) {
    const wanted = spatialFilter === 'geospatial';
    const got = wanted ? 'no area' : 'an area';
    filters.push(['spatialFilter', spatialFilter, ({ hasSpatial }) => (hasSpatial === wanted ? undefined : got)]);
  }
  return filters;
}
