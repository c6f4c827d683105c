/** What Data.gov did otherwise than asked, without an error. */
export interface SearchNotice {
  /**
   * - `sort-replaced`: it applied another order than the one asked for
   * - `filter-ignored`: a hit does not fit a filter
   */
  readonly kind: 'sort-replaced' | 'filter-ignored';
  /** The option it is about. */
  readonly option: string;
  readonly asked: string;
  /** What was applied, or found, in its stead. */
  readonly got: string;
  readonly message: string;
}

export function warnOfNotice({ message }: SearchNotice): void {
  process.emitWarning(message, { type: 'SluiceWarning', code: 'SLUICE_DATAGOV_SEARCH' });
}
