/** A series, recorded or fetched: values are as DBnomics wrote them, or read from that. */
export interface Series {
  /** `provider/dataset/series`. */
  readonly id: string;
  readonly frequency: string;
  readonly percentage: boolean;
  readonly area: string | undefined;
  readonly periods: readonly string[];
  readonly values: readonly unknown[];
}

/** What a series' dimensions say of its values. */
export function meaningOf(dataset: string, dimensions: Readonly<Record<string, string>>) {
  const percentage = PERCENTAGES.has(dataset) || PERCENT_UNIT.test(dimensions['unit'] ?? '');
  return { percentage, area: dimensions['REF_AREA'] };
}

/** Datasets of percentages whose dimensions do not say so: the central banks' policy rates, in per cent a year. */
const PERCENTAGES: ReadonlySet<string> = new Set(['BIS/cbpol']);
/** `pcent_change`, `percentage-of-active-population`, `PC_ACT`. */
const PERCENT_UNIT = /^(pcent|percent|pc_)/i;
