import { z } from 'zod';

const Code = z.string().regex(/^(?!\.{1,2}$)[^/\s]+$/, 'a code without slashes or white space, neither . nor ..');
const Day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day, YYYY-MM-DD');
const SeriesId = z.string().regex(/^[^/,\s]+\/[^/,\s]+\/[^,\s]+$/, 'provider/dataset/series');

const pageSize = (most: number) => z.int().min(1).max(most).optional();

/** The most ids of one request: with those, it is a few hundred kB. */
const MOST_IDS = 10_000;

export const Nothing = z.strictObject({});

export const ProvidersParams = z.strictObject({ pageSize: pageSize(1_000) });

export const ProviderParams = z.strictObject({ provider: Code });

export const DatasetsParams = z.strictObject({ provider: Code, pageSize: pageSize(500) });

export const DatasetParams = z.strictObject({ provider: Code, dataset: Code });

export const SearchParams = z.strictObject({
  q: z.string().min(1),
  pageSize: pageSize(100),
  /** The most datasets of the answer: a search for a common word finds thousands. */
  limit: z.int().min(1).max(1_000).default(100),
});

const Frequency = z.enum(['annual', 'bi-annual', 'quarterly', 'bimonthly', 'monthly', 'weekly', 'daily']);

const Filter = z.discriminatedUnion('code', [
  z.strictObject({
    code: z.literal('interpolate'),
    parameters: z.strictObject({ frequency: Frequency, method: z.literal('spline') }),
  }),
  z.strictObject({
    code: z.literal('aggregate'),
    parameters: z.strictObject({ frequency: Frequency, method: z.literal('end_of_period') }),
  }),
]);

// One shape and a rule, not a union: what a union says of a wrong name is that nothing fits.
const selection = {
  ids: z.array(SeriesId).min(1).max(MOST_IDS).optional(),
  provider: Code.optional(),
  dataset: Code.optional(),
  mask: z.string().min(1).optional(),
  dimensions: z.record(z.string(), z.array(z.string())).optional(),
  q: z.string().min(1).optional(),
  from: Day.optional(),
  to: Day.optional(),
  offset: z.int().min(0).optional(),
  pageSize: pageSize(1_000),
  alignPeriods: z.boolean().optional(),
  filters: z.array(Filter).optional(),
};

const OF_A_DATASET = ['dataset', 'mask', 'dimensions', 'q'] as const;

interface Selection {
  readonly ids?: readonly string[] | undefined;
  readonly provider?: string | undefined;
  readonly dataset?: string | undefined;
}

function selects(params: Selection & Partial<Record<(typeof OF_A_DATASET)[number], unknown>>, context: Context): void {
  const complain = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
  if (params.ids === undefined) {
    if (params.provider === undefined) complain('ids', 'give ids, or provider and dataset');
    else if (params.dataset === undefined) complain('dataset', 'the dataset of the provider is missing');
    return;
  }
  for (const name of ['provider', ...OF_A_DATASET] as const) {
    if (params[name] !== undefined) complain(name, 'goes with provider and dataset, not with ids');
  }
}

interface Context {
  addIssue(issue: { code: 'custom'; path: string[]; message: string }): void;
}

export const SeriesParams = z
  .strictObject({
    ...selection,
    /** With their observations. */
    observations: z.boolean().default(true),
  })
  .superRefine(selects);

export const ObservationsParams = z.strictObject(selection).superRefine(selects);
