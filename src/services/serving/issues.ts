import type { StandardSchemaV1 } from '@standard-schema/spec';
import { shortened } from './shortened.ts';

/** What a schema found, as data. */
export interface ParamIssue {
  /** Where: names of fields, joined by dots; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** How many are told. */
const TOLD = 10;

/** Up to how many characters of a path or a message: names that whoever asked has made up may be of any length. */
const LONGEST = 300;

export function issuesOf(issues: readonly StandardSchemaV1.Issue[]): readonly ParamIssue[] {
  return issues.slice(0, TOLD).map(({ path = [], message }) => ({
    path: shortened(
      path.map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.'),
      LONGEST,
    ),
    message: shortened(message, LONGEST),
  }));
}

export function sentenceOf(issues: readonly StandardSchemaV1.Issue[]): string {
  return issuesOf(issues)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
    .join('; ');
}
