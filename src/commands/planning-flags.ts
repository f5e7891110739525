import { Errors, Flags } from '@oclif/core';
import type { PlanOptions } from '../engine/index.ts';
import { parseDuration } from '../units/index.ts';

/** Flags that change a plan; each is recorded in it. */
export const PLANNING_FLAGS = {
  trace: Flags.string({
    description:
      'Trace file (.csv, .jsonl, .gz) that replaces the traffic of every workload: fitted, planned for, replayed.',
    helpValue: 'FILE',
  }),
  seed: Flags.integer({
    description: 'Seed of every random stream; default the one the stack declares, else 1.',
    min: 0,
  }),
  solver: Flags.option({ options: ['auto', 'highs', 'javascript-lp-solver'] as const })({
    description: 'Integer programming solver; default auto.',
  }),
  'time-limit': Flags.custom<number>({
    parse: (input) => {
      const parsed = parseDuration(input);
      return parsed.ok
        ? Promise.resolve(parsed.value)
        : Promise.reject(new Errors.CLIError(`Expected ${parsed.expected}, not "${input}"`));
    },
  })({
    description:
      'Limit of the search, such as 30s; the plan then says how good it is known to be. Default: none.',
    helpValue: 'TIME',
  }),
  profile: Flags.string({
    description: 'Target profile of the manifests; default vanilla.',
    helpValue: 'NAME',
  }),
};

/** What the planning flags say, without those that were not given. */
export function planningOptions(flags: {
  readonly trace: string | undefined;
  readonly seed: number | undefined;
  readonly solver: PlanOptions['solver'] | undefined;
  readonly 'time-limit': number | undefined;
  readonly profile: string | undefined;
}): PlanOptions {
  return {
    ...(flags.trace === undefined ? {} : { trace: flags.trace }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.solver === undefined ? {} : { solver: flags.solver }),
    ...(flags['time-limit'] === undefined ? {} : { timeLimitSeconds: flags['time-limit'] }),
    ...(flags.profile === undefined ? {} : { profile: flags.profile }),
  };
}
