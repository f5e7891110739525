import path from 'node:path';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import type { ArrivalProfile, LlmWorkload, RequestColumns, TrafficReference } from '../model/index.ts';
import { findProfile, fitProfile, readTrace, scaleProfile } from '../traffic/index.ts';
import { displayPath, errorMessage, openByteStream, systemErrorCode } from './files.ts';
import { progress } from './messages.ts';
import type { EngineHost } from './messages.ts';

/** The traffic of one workload: the profile to plan for, and the trace it was fitted to, if any. */
export interface ResolvedTraffic {
  readonly profile: ArrivalProfile;
  readonly trace?: RequestColumns;
}

/**
 * Looks up, or reads and fits, the traffic of one workload and applies its scaling.
 * Relative trace files start from `folder`. A trace is fitted, planned for as a profile, and kept for the replay.
 */
export async function resolveTraffic(
  workload: LlmWorkload,
  folder: string,
  host: EngineHost,
): Promise<Outcome<ResolvedTraffic>> {
  const { traffic } = workload;
  switch (traffic.source) {
    case 'inline':
      return success({ profile: scaleProfile(traffic.profile, traffic.scaling) });
    case 'profile': {
      const found = findProfile(traffic.profile);
      return found.ok
        ? success({ profile: scaleProfile(found.value, traffic.scaling) }, found.diagnostics)
        : failure(...found.diagnostics.map((item) => ({ ...item, path: workload.path })));
    }
    case 'trace':
      return resolveTrace(traffic, folder, host);
  }
}

async function resolveTrace(
  traffic: Extract<TrafficReference, { source: 'trace' }>,
  folder: string,
  host: EngineHost,
): Promise<Outcome<ResolvedTraffic>> {
  const absolute = path.resolve(folder, traffic.file);
  const shown = displayPath(absolute, host.workingDirectory);
  progress(host, 'traffic', `reading ${shown}`);
  const trace = await readTraceFile(absolute, shown, traffic);
  if (!trace.ok) return trace;
  const name = path
    .basename(traffic.file)
    .replace(/\.gz$/, '')
    .replace(/\.(csv|jsonl|json)$/, '');
  const fitted = fitProfile(trace.value, {
    name,
    provenance: {
      evidence: 'measured',
      source: `trace file ${path.basename(traffic.file)}, ${trace.value.arrival.length} requests`,
    },
  });
  if (!fitted.ok) return failure(...trace.diagnostics, ...fitted.diagnostics);
  return success({ profile: scaleProfile(fitted.value, traffic.scaling), trace: trace.value }, [
    ...trace.diagnostics,
    ...fitted.diagnostics,
  ]);
}

/** The layout of a trace file, and its column names where the layout does not fix them. */
export type TraceLayout = Pick<Extract<TrafficReference, { source: 'trace' }>, 'format' | 'columns'> & {
  /** Default: fail. `skip` leaves broken lines out and counts them in a warning. */
  readonly onBrokenLine?: 'fail' | 'skip';
};

/** Reads a trace file, decompressed when its name ends in `.gz`. */
export async function readTraceFile(
  absolute: string,
  shown: string,
  { format, columns, onBrokenLine }: TraceLayout,
): Promise<Outcome<RequestColumns>> {
  const stream = await openByteStream(absolute, shown);
  if (!stream.ok) return stream;
  try {
    return await readTrace(stream.value, {
      fileName: shown,
      format,
      ...(columns === undefined ? {} : { columns }),
      ...(onBrokenLine === undefined ? {} : { onBrokenLine }),
    });
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return failure(
      diagnostic('engine-file-unreadable', {
        summary: `${shown} cannot be read to its end: ${errorMessage(error)}.`,
        source: { file: shown },
        fix: 'The file may be cut off or damaged; fetch it again.',
      }),
    );
  }
}
