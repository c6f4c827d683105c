/** Which observations each branch of the desk gets, by topic. A topic may take several: a policy rate is monthly too. */
export const ROUTES = {
  annual: 'dbnomics.*.annual',
  quarterly: 'dbnomics.*.quarterly',
  monthly: 'dbnomics.*.monthly',
  'central-bank': 'dbnomics.{BDF,BIS,ECB}.*',
} as const;

export type Route = keyof typeof ROUTES;
