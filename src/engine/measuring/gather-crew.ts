import { availableParallelism } from 'node:os';
import { success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { inlineCrew } from '../../optimize/index.ts';
import type { GatherCrew } from '../../optimize/index.ts';
import type { EngineHost } from '../messages.ts';
import { openJournal } from './journal.ts';
import { journaledCrews } from './journaled-crew.ts';
import { ThreadPool } from './thread-pool.ts';

/** Most threads that are started unless more are asked for: later ones find too little to do in one wave of tasks. */
const MOST_DEFAULT_THREADS = 8;

/** How simulations are run. None of it changes an answer. */
export interface MeasuringOptions {
  /** Threads that simulate, ≥ 1; 1 uses none beside the main one. Default: one per processor, 8 at most. */
  readonly workers?: number;
  /** File of measurements to look into and to add to; made where it does not exist. */
  readonly resume?: string;
}

/** Crews for any number of subjects. */
export interface GatheredCrew {
  readonly gatherCrew: GatherCrew;
  /** Lets go of threads and files; gives warnings about answers that could not be kept. */
  close(): Promise<readonly Diagnostic[]>;
}

/**
 * Crews as the options ask for; close them in a `finally`. Threads are started once there is enough to do for them.
 * Errors: `engine-resume-invalid`, `engine-resume-version`, `engine-resume-unwritable`; the warning `engine-resume-damaged`.
 */
export function gatherCrewFor(
  options: MeasuringOptions,
  host: Pick<EngineHost, 'workingDirectory' | 'emit'>,
): Outcome<GatheredCrew> {
  const { workers = Math.min(MOST_DEFAULT_THREADS, availableParallelism()), resume } = options;
  const opened = resume === undefined ? undefined : openJournal(resume, host.workingDirectory);
  if (opened?.ok === false) return opened;
  const pool = workers > 1 ? new ThreadPool({ size: workers }) : undefined;
  const gather: GatherCrew = pool === undefined ? inlineCrew : (subject) => pool.gather(subject);
  const journal = opened?.value;
  if (journal !== undefined && journal.size > 0)
    host.emit({
      kind: 'progress',
      stage: 'resume',
      detail: `${journal.size} answers kept`,
      done: 0,
      total: 0,
    });
  return success(
    {
      gatherCrew: journal === undefined ? gather : journaledCrews(gather, journal),
      close: async () => {
        await pool?.close();
        journal?.close();
        return journal?.warnings ?? [];
      },
    },
    opened?.diagnostics ?? [],
  );
}
