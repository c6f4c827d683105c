import { type Context, createContextKey } from '@opentelemetry/api';

/** What of a bus is traced, where an SDK is registered. */
export interface TracingSwitches {
  /** Spans of publishing and processing. */
  readonly enabled: boolean;
  /** Spans of stages. */
  readonly stages: boolean;
}

export const TRACE_ALL: TracingSwitches = { enabled: true, stages: true };

const STAGES_OFF = createContextKey('sluice.stages.off');

/** The context of deliveries whose stages get no spans: stages know no bus, so the context tells them. */
export function withoutStages(context: Context): Context {
  return context.setValue(STAGES_OFF, true);
}

export function stagesOff(context: Context): boolean {
  return context.getValue(STAGES_OFF) === true;
}
