import { join } from 'node:path';
import { type Bus, type Pipeline, pipeline, stage, toNdjson, validate } from 'sluice';
import { PolicyMove } from './policyMoves.ts';
import type { Settlements } from './settlements.ts';

/** Consumes the alerts that the desk publishes. */
export function alerts(bus: Bus, settlements: Settlements, out: string): Pipeline {
  return pipeline(
    'alerts',
    bus.from('alerts.policy-rate.*', { group: 'alerts' }),
    settlements.watch(),
    stage('validate', validate(PolicyMove)),
    stage('write', toNdjson(join(out, 'policy-moves.ndjson'), { existing: 'truncate' })),
  );
}
