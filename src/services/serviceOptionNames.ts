import { FROM_TOPICS_OPTION_NAMES } from '../sources/fromTopics.ts';

/** Of how a service runs; whoever checks by them has the compiler see that they are all. */
export const RUN_OPTION_NAMES = {
  ...FROM_TOPICS_OPTION_NAMES,
  concurrency: true,
  timeoutMs: true,
  limit: true,
  pageBytes: true,
  totalBytes: true,
  answerBytes: true,
  cache: true,
  restart: true,
  notify: true,
} as const;

/** Of any service. */
export const SERVICE_OPTION_NAMES = {
  ...RUN_OPTION_NAMES,
  name: true,
  endpoints: true,
  upstream: true,
} as const;
