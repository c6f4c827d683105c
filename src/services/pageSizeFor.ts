/**
 * The size of pages, where nobody says, for an answer of so many items: one page if it may be that large, and so large that
 * the next one, which is asked for when half of a page is out, is not asked for in vain.
 */
export function pageSizeFor(limit: number, most: number): number {
  return Math.min(most, 2 * limit + 1);
}
