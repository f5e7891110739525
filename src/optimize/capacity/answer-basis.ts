import type { ArrivalProfile } from '../../model/index.ts';
import type { Shape } from '../candidates/shape.ts';
import type { BenchSubject } from './measure.ts';
import { isBurstinessFixed, leastPositive } from './replica-traffic.ts';
import type { BenchTask } from './task.ts';

/**
 * A subject and a task with everything left out that no answer depends on: prices and places of offerings, and of an open loop the rates of the
 * hours, unless bursts are thinned by the share that a replica carries; then the quietest hour counts. Equal bases have equal answers, so that
 * problems that differ in prices or demand alone can share what was measured. Plain data; for comparison only.
 */
export function answerBasis(subject: BenchSubject): {
  readonly subject: unknown;
  readonly taskBasis: (task: BenchTask) => unknown;
} {
  return {
    subject: subject.loop === 'closed' ? subject : { ...subject, profile: profileBasis(subject.profile) },
    taskBasis: ({ method, args }) => ({ method, args: argumentsBasis(args) }),
  };
}

function profileBasis({ hourlyRate, ...profile }: ArrivalProfile): unknown {
  const facts = { ...profile, name: '', provenance: undefined };
  return isBurstinessFixed(profile.arrivals.cv)
    ? facts
    : { ...facts, quietestRate: leastPositive(hourlyRate) };
}

function argumentsBasis(args: BenchTask['args']): unknown {
  if ('parts' in args)
    return { ...args, parts: args.parts.map((part) => ({ ...part, shape: shapeBasis(part.shape) })) };
  if ('option' in args) return { ...args, option: { ...args.option, shape: shapeBasis(args.option.shape) } };
  return { ...args, shape: shapeBasis(args.shape) };
}

/** A bench looks at the configuration of a shape alone. */
function shapeBasis({ configuration }: Shape): unknown {
  return { configuration };
}
