import { type Fields, isFields, textOrNothing } from './reading.ts';

/** A file of a dataset, or a service over it, as its publisher describes it (DCAT-US 1.1, `dcat:Distribution`). */
export interface Distribution {
  readonly title: string | undefined;
  readonly description: string | undefined;
  /** As its publisher writes it: `CSV`, `application/html`, … */
  readonly format: string | undefined;
  readonly mediaType: string | undefined;
  /** Where the file is. */
  readonly downloadUrl: string | undefined;
  /** Where a page or a service is that leads to the data. */
  readonly accessUrl: string | undefined;
  readonly describedBy: string | undefined;
}

/** The distributions of a DCAT record, which may have none. */
export function distributionsOf(dcat: Fields): readonly Distribution[] {
  const { distribution } = dcat;
  const all = Array.isArray(distribution) ? distribution : [distribution];
  return all.filter(isFields).map((one) => ({
    title: textOrNothing(one['title']),
    description: textOrNothing(one['description']),
    format: textOrNothing(one['format']),
    mediaType: textOrNothing(one['mediaType']),
    downloadUrl: textOrNothing(one['downloadURL']),
    accessUrl: textOrNothing(one['accessURL']),
    describedBy: textOrNothing(one['describedBy']),
  }));
}
