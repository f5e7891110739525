import path from 'node:path';
import { stringify } from 'yaml';
import { failure, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import type { ArrivalProfile, TrafficDocument } from '../model/index.ts';
import { fitProfile, profileStatistics } from '../traffic/index.ts';
import { displayPath } from './files.ts';
import type { EngineHost } from './messages.ts';
import { readTraceFile } from './resolve-traffic.ts';
import type { TraceLayout } from './resolve-traffic.ts';
import { writeFolder } from './write-folder.ts';

/** A profile fitted to a trace, and its figures. */
export interface FittedTraffic {
  readonly profile: ArrivalProfile;
  readonly requests: number;
  readonly statistics: ReturnType<typeof profileStatistics>;
  /** What a stack's `traffic` says to use it. */
  readonly document: TrafficDocument;
}

/** How a trace is fitted. */
export interface FitOptions extends TraceLayout {
  readonly name?: string;
  /** File for the traffic document (YAML), relative to the working directory; nothing is written without it. */
  readonly output?: string;
}

/** Fits a generative profile to a trace file. Errors: `traffic-*`, `engine-file-*`, `plan-write-failed`. */
export async function fitTraffic(
  file: string,
  options: FitOptions,
  host: EngineHost,
): Promise<Outcome<FittedTraffic>> {
  const absolute = path.resolve(host.workingDirectory, file);
  const shown = displayPath(absolute, host.workingDirectory);
  const trace = await readTraceFile(absolute, shown, options);
  if (!trace.ok) return trace;
  const requests = trace.value.arrival.length;
  const fitted = fitProfile(trace.value, {
    name:
      options.name ??
      path
        .basename(file)
        .replace(/\.gz$/, '')
        .replace(/\.[^.]+$/, ''),
    provenance: { evidence: 'measured', source: `trace file ${path.basename(file)}, ${requests} requests` },
  });
  if (!fitted.ok) return failure(...trace.diagnostics, ...fitted.diagnostics);
  const profile = fitted.value;
  const value = {
    profile,
    requests,
    statistics: profileStatistics(profile),
    document: trafficDocument(profile),
  };
  const diagnostics = [...trace.diagnostics, ...fitted.diagnostics];
  if (options.output === undefined) return success(value, diagnostics);
  const target = path.resolve(host.workingDirectory, options.output);
  const written = await writeFolder(
    path.dirname(target),
    new Map([[path.basename(target), stringify(value.document, { version: '1.1' })]]),
    { shown: displayPath(target, host.workingDirectory) },
  );
  return written.ok ? success(value, diagnostics) : failure(...diagnostics, ...written.diagnostics);
}

/** The `traffic` block of a problem that stands for a profile. */
export function trafficDocument(profile: ArrivalProfile): TrafficDocument {
  return {
    generate: { hourlyRate: profile.hourlyRate, family: profile.arrivals.family, lengths: profile.lengths },
    burstiness: profile.arrivals.cv,
    prefixHitRate: `${Number((profile.prefix.hitRate * 100).toFixed(4))}%`,
  };
}
