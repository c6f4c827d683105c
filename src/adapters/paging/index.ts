export { SETTLED } from '../../sources/local/settled.ts';
export { InHand } from './inHand.ts';
export { type DeliveryOptions, PagedSource } from './pagedSource.ts';
export { type Page, pagewise } from './pagewise.ts';
export { countOrNothing, type Fields, isFields, type Reading, reading, textOrNothing, textsOf } from './reading.ts';
export { fileWatchState, memoryWatchState, type WatchState } from './watchState.ts';
