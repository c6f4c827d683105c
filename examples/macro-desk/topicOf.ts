import { topicPart } from './topicPart.ts';

/** `dbnomics.<provider>.<dataset>.<frequency>`: the address of an observation. */
export function topicOf({ series, frequency }: { readonly series: string; readonly frequency: string }): string {
  const [provider = '', dataset = ''] = series.split('/');
  return `dbnomics.${[provider, dataset, frequency].map(topicPart).join('.')}`;
}
