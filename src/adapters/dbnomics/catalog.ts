import { countOrNothing, type Fields, fieldsOf, isFields, listOf, textOf, textOrNothing, textsOf } from './reading.ts';

export interface Provider {
  readonly code: string;
  readonly name: string | undefined;
  readonly region: string | undefined;
  readonly website: string | undefined;
  readonly termsOfUse: string | undefined;
  /** When DBnomics last took over anything of it, ISO 8601. */
  readonly indexedAt: string | undefined;
}

/** A category, or a dataset: a leaf, which has no children. */
export interface CategoryNode {
  /** Null for some categories. */
  readonly code: string | null;
  readonly name: string | undefined;
  readonly children: readonly CategoryNode[];
}

export interface ProviderTree {
  readonly provider: Provider;
  readonly tree: readonly CategoryNode[];
}

export interface Dataset {
  /** `provider/dataset`. */
  readonly id: string;
  readonly providerCode: string;
  readonly code: string;
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly seriesCount: number | undefined;
  /** How many of its series fit, of a dataset that was searched for. */
  readonly matchingSeriesCount: number | undefined;
  /** When DBnomics last took it over, ISO 8601. */
  readonly indexedAt: string | undefined;
  /** When its provider last changed it, as that writes it. */
  readonly updatedAt: string | undefined;
  readonly dimensions: readonly Dimension[];
}

export interface Dimension {
  readonly code: string;
  readonly label: string | undefined;
  /** Label by code of a value. */
  readonly values: ReadonlyMap<string, string>;
}

export function providerOf(value: unknown): Provider {
  const doc = fieldsOf(value, 'a provider');
  return {
    code: textOf(doc['code'], 'code of a provider'),
    name: textOrNothing(doc['name']),
    region: textOrNothing(doc['region']),
    website: textOrNothing(doc['website']),
    termsOfUse: textOrNothing(doc['terms_of_use']),
    indexedAt: textOrNothing(doc['indexed_at']),
  };
}

export function categoryOf(value: unknown): CategoryNode {
  const doc = fieldsOf(value, 'a category');
  const children = doc['children'] ?? [];
  return {
    code: textOrNothing(doc['code']) ?? null,
    name: textOrNothing(doc['name']),
    children: listOf(children, 'children').map(categoryOf),
  };
}

export function datasetOf(value: unknown): Dataset {
  const doc = fieldsOf(value, 'a dataset');
  const providerCode = textOf(doc['provider_code'], 'provider_code of a dataset');
  const code = textOf(doc['code'], 'code of a dataset');
  return {
    id: `${providerCode}/${code}`,
    providerCode,
    code,
    name: textOrNothing(doc['name']),
    description: textOrNothing(doc['description']),
    seriesCount: countOrNothing(doc['nb_series']),
    matchingSeriesCount: countOrNothing(doc['nb_matching_series']),
    indexedAt: textOrNothing(doc['indexed_at']),
    updatedAt: textOrNothing(doc['updated_at']),
    dimensions: dimensionsOf(doc),
  };
}

function dimensionsOf(doc: Fields): readonly Dimension[] {
  const labels = textsOf(doc['dimensions_labels']);
  const values = isFields(doc['dimensions_values_labels']) ? doc['dimensions_values_labels'] : {};
  const order = Array.isArray(doc['dimensions_codes_order']) ? doc['dimensions_codes_order'] : Object.keys(values);
  return order
    .filter((code): code is string => typeof code === 'string')
    .map((code) => ({ code, label: labels[code], values: labelsOf(values[code], code) }));
}

/** Real data has `{ code: label }` and `[[code, label], …]`, both within one response. */
function labelsOf(value: unknown, code: string): ReadonlyMap<string, string> {
  if (value === undefined || value === null) return new Map();
  const pairs = isFields(value) ? Object.entries(value) : listOf(value, `labels of ${code}`);
  return new Map(
    pairs.map((pair) => {
      const [name, label] = listOf(pair, `a label of ${code}`);
      return [String(name), String(label)];
    }),
  );
}
