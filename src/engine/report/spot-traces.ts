import { success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import type { AvailabilityTrace } from '../../spot/index.ts';
import type { LoadedStack } from '../load-stack.ts';
import type { EngineHost } from '../messages.ts';
import type { TraceMapping } from '../spot-records/match-traces.ts';
import { readTraceFile } from '../spot-records/read-record-file.ts';
import type { ReportOptions } from './report-options.ts';

/** Availability traces that a report replays. */
export interface SpotTraces {
  readonly traces: readonly AvailabilityTrace[];
  readonly mappings: readonly TraceMapping[];
  /** Whether they were named on the command line: what does not fit is then an error, else a remark. */
  readonly isAskedFor: boolean;
}

/** The traces that were asked for, or those that the stack names; undefined without any. Errors: `engine-file-*`, `spot-trace-*`. */
export async function spotTraces(
  { spotTrace, mappings = [] }: Pick<ReportOptions, 'spotTrace' | 'mappings'>,
  stack: LoadedStack | undefined,
  host: EngineHost,
): Promise<Outcome<SpotTraces | undefined>> {
  if (spotTrace !== undefined) {
    const read = await readTraceFile(spotTrace, host);
    return read.ok ? success({ traces: read.value, mappings, isAskedFor: true }, read.diagnostics) : read;
  }
  const own = stack?.spot;
  return success(
    own === undefined || own.traces.length === 0
      ? undefined
      : { traces: own.traces, mappings: own.mappings, isAskedFor: false },
  );
}
