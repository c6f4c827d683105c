import { type OperatorFunction, pipe, tap } from 'rxjs';
import { type Bus, type Delivery, splitData, stage } from 'sluice';
import type { Book } from './book.ts';
import { now } from './now.ts';
import type { Observed } from './observation.ts';
import { type PolicyMove, policyMoves } from './policyMoves.ts';
import { topicPart } from './topicPart.ts';

/** Publishes each move of a policy rate as a critical alert; a rate that stays is done with. */
export function announceMoves(bus: Bus, book: Book): OperatorFunction<Delivery<Observed>, Delivery<PolicyMove>> {
  return pipe(
    stage('moves', splitData(policyMoves())),
    stage(
      'alert',
      bus.to(
        ({ data }) => `alerts.policy-rate.${topicPart(data.country)}`,
        () => ({ priority: 'critical', time: now() }),
      ),
    ),
    tap(({ data }) => book.move(data)),
  );
}
