import type { StandardSchemaV1 } from '@standard-schema/spec';

/** What a schema found, as data. */
export interface ParamIssue {
  /** Where: names of fields, joined by dots; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** How many are told. */
const TOLD = 10;

export function issuesOf(issues: readonly StandardSchemaV1.Issue[]): readonly ParamIssue[] {
  return issues.slice(0, TOLD).map(({ path = [], message }) => ({
    path: path.map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.'),
    message,
  }));
}

export function sentenceOf(issues: readonly StandardSchemaV1.Issue[]): string {
  return issuesOf(issues)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
    .join('; ');
}
