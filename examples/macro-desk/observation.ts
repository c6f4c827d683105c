import { z } from 'zod';

const FREQUENCIES = ['annual', 'bi-annual', 'quarterly', 'bimonthly', 'monthly', 'weekly', 'daily'] as const;

/** `2014`, `2014-S1`, `2014-Q1`, `2014-B1`, `2014-01`, `2014-W01`, `2014-01-31`. */
const PERIOD = /^\d{4}(-(S[12]|Q[1-4]|B[1-6]|W\d{2}|\d{2}|\d{2}-\d{2}))?$/;
const NUMERIC = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** DBnomics writes numbers, here and there as text, and `"NA"` (or null) where a period has none. */
const Value = z.union([
  z.number(),
  z.string().regex(NUMERIC).transform(Number).pipe(z.number()),
  z.literal('NA').transform(() => null),
  z.null(),
]);

/** One value of one series. */
export const Observation = z.object({
  /** `provider/dataset/series`, as in DBnomics' addresses. */
  series: z.string().regex(/^[^/]+\/[^/]+\/.+$/),
  frequency: z.enum(FREQUENCIES),
  period: z.string().regex(PERIOD),
  value: Value,
  /** Whether the value is itself a percentage: then its change is in percentage points, else in per cent. */
  percentage: z.boolean(),
  /** The country, as an ISO code, where the dataset says. */
  area: z.string().optional(),
});

export type Observation = z.output<typeof Observation>;

/** An observation with a value. */
export type Observed = Observation & { readonly value: number };

/** False for a period for which the provider has no value. */
export function isObserved(observation: Observation): observation is Observed {
  return observation.value !== null;
}
