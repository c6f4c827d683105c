import { join } from 'node:path';
import { pipe, tap } from 'rxjs';
import { type Bus, type Pipeline, pipeline, routeTopics, stage, toNdjson, validate } from 'sluice';
import { announceMoves } from './announceMoves.ts';
import type { Book } from './book.ts';
import { dropNa } from './dropNa.ts';
import { findChange } from './findChange.ts';
import { Observation } from './observation.ts';
import { ROUTES, type Route } from './routes.ts';
import type { Settlements } from './settlements.ts';

/**
 * Computes each observation's change on the year, by frequency and for central banks, and announces moves of policy rates.
 *
 * An observation takes every route that matches: a policy rate is monthly, a central bank's, and watched for moves; it
 * is settled when all three are done with it. A daily rate is a central bank's only. What no route wants, such as a
 * weekly series, goes to the dead letters with an `UnroutableError`: a new kind of data is to be noticed.
 */
export function desk(bus: Bus, book: Book, settlements: Settlements, out: string): Pipeline {
  const branch = (route: Route) =>
    pipe(
      stage('change', findChange()),
      stage('write', toNdjson(join(out, `${route}.ndjson`), { existing: 'truncate' })),
      tap(({ data }) => book.find(route, data)),
    );

  return pipeline(
    'desk',
    bus.from('dbnomics.*', { group: 'desk' }),
    settlements.watch(),
    stage('validate', validate(Observation)),
    stage('drop NA', dropNa(book)),
    stage(
      'route',
      routeTopics(
        {
          [ROUTES.annual]: branch('annual'),
          [ROUTES.quarterly]: branch('quarterly'),
          [ROUTES.monthly]: branch('monthly'),
          [ROUTES['central-bank']]: branch('central-bank'),
          'dbnomics.BIS.cbpol.*': announceMoves(bus, book),
        },
        { match: 'all', otherwise: 'reject' },
      ),
    ),
  );
}
