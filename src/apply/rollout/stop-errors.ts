import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { clusterDiagnostic } from '../cluster/failure-diagnostic.ts';
import { ConcurrentRunError, concurrentRun } from './parent.ts';

/** Thrown inside a rollout when the user wants to stop. */
export class StopError extends Error {
  override readonly name = 'StopError';
}

/** Carries the problems that end a step. */
export class StepError extends Error {
  override readonly name = 'StepError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((item) => item.summary).join('\n'));
    this.diagnostics = diagnostics;
  }
}

/** What ended a rollout, as diagnostics. An error that is none of the expected ones is a bug and is thrown again. */
export function problemsOf(error: unknown, cluster: string): readonly Diagnostic[] {
  if (error instanceof StepError) return error.diagnostics;
  if (error instanceof ConcurrentRunError) return [concurrentRun()];
  if (error instanceof StopError) {
    return [
      diagnostic('engine-interrupted', {
        summary: 'Applying was interrupted.',
        fix: 'Apply again to go on.',
      }),
    ];
  }
  return [clusterDiagnostic(error, { cluster })];
}
