/** Runs by model, so that a run can be predicted with constants that never saw its model. */
import { architectureOf } from './replay-configuration.ts';
import type { FitRuns } from './replay-fit.ts';
import type { SessionRun } from './replay-sessions.ts';
import type { TimestampedRun } from './replay-timestamped.ts';

/** The model of a run: its architecture's name, or the run's own word for it. */
export function modelOf(run: SessionRun | TimestampedRun): string {
  if ('actual' in run) return architectureOf(run.model)?.name ?? run.model;
  return typeof run.configuration === 'string' ? run.name : run.configuration.architecture.name;
}

/** The models of all runs, each once, sorted. */
export function modelsOf(runs: FitRuns): readonly string[] {
  return [...new Set([...runs.sessions, ...runs.timestamped].map(modelOf))].sort();
}

/** The runs of all other models. */
export function without(runs: FitRuns, model: string): FitRuns {
  return {
    sessions: runs.sessions.filter((run) => modelOf(run) !== model),
    timestamped: runs.timestamped.filter((run) => modelOf(run) !== model),
  };
}
