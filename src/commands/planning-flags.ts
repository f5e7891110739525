import { Errors, Flags } from '@oclif/core';
import type { MeasuringOptions, PlanOptions } from '../engine/index.ts';
import { isConfidence, OBJECTIVES } from '../model/index.ts';
import { parseDuration, parsePercent } from '../units/index.ts';

/** Flags that say how simulations are run. They change no plan and are not recorded. */
export const MEASURING_FLAGS = {
  workers: Flags.integer({
    description:
      'Threads that simulate; 1 uses the main one alone. Default: one per processor, 8 at most. The answer is the same.',
    min: 1,
    max: 256,
  }),
  resume: Flags.string({
    description:
      'File that keeps what simulations found: a search that was interrupted goes on from it. Made where it does not exist.',
    helpValue: 'FILE',
  }),
};

/** Flags that change a plan; each is recorded in it. With them those that only say how it is made. */
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
  objective: Flags.option({ options: OBJECTIVES })({
    description:
      'What every workload strives for within its SLO; default what the stack declares, else cost.',
  }),
  confidence: Flags.custom<number>({ parse: parseConfidence })({
    description:
      'Probability that the SLOs hold given the error of the performance model, such as 0.9 or 90%; default what the stack declares, else predictions are trusted.',
    helpValue: 'SHARE',
  }),
  solver: Flags.option({ options: ['auto', 'highs', 'javascript-lp-solver'] as const })({
    description: 'Integer programming solver; default auto.',
  }),
  ...MEASURING_FLAGS,
  'time-limit': Flags.custom<number>({
    parse: (input) => {
      const parsed = parseDuration(input);
      return parsed.ok
        ? Promise.resolve(parsed.value)
        : Promise.reject(new Errors.CLIError(`Expected ${parsed.expected}, not "${input}"`));
    },
  })({
    aliases: ['budget'],
    description:
      'Limit of the search (also --budget), such as 30s; the plan then says how good it is known to be. Default: none.',
    helpValue: 'TIME',
  }),
  'max-windows': Flags.integer({
    description:
      'Most time windows of alike hours that the week is cut into; more follow the load more closely. Default 4.',
    min: 1,
    max: 168,
    helpValue: 'N',
  }),
  profile: Flags.string({
    description: 'Target profile of the manifests: vanilla, llm-d, kserve or dynamo; default vanilla.',
    helpValue: 'NAME',
  }),
};

/** What the flags of `MEASURING_FLAGS` say, without those that were not given. */
export function measuringOptions(flags: {
  readonly workers: number | undefined;
  readonly resume: string | undefined;
}): MeasuringOptions {
  return {
    ...(flags.workers === undefined ? {} : { workers: flags.workers }),
    ...(flags.resume === undefined ? {} : { resume: flags.resume }),
  };
}

/** What the planning flags say, without those that were not given. */
export function planningOptions(flags: {
  readonly workers: number | undefined;
  readonly resume: string | undefined;
  readonly trace: string | undefined;
  readonly seed: number | undefined;
  readonly objective: PlanOptions['objective'] | undefined;
  readonly confidence: number | undefined;
  readonly solver: PlanOptions['solver'] | undefined;
  readonly 'time-limit': number | undefined;
  readonly 'max-windows': number | undefined;
  readonly profile: string | undefined;
}): PlanOptions {
  return {
    ...measuringOptions(flags),
    ...(flags.trace === undefined ? {} : { trace: flags.trace }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.objective === undefined ? {} : { objective: flags.objective }),
    ...(flags.confidence === undefined ? {} : { confidence: flags.confidence }),
    ...(flags.solver === undefined ? {} : { solver: flags.solver }),
    ...(flags['time-limit'] === undefined ? {} : { timeLimitSeconds: flags['time-limit'] }),
    ...(flags['max-windows'] === undefined ? {} : { maxWindows: flags['max-windows'] }),
    ...(flags.profile === undefined ? {} : { profile: flags.profile }),
  };
}

/** Reads a confidence: a share such as `0.9`, or a percentage. Refuses what lies outside 0.5 to 1. */
export function parseConfidence(input: string): Promise<number> {
  const percent = parsePercent(input);
  const share = percent.ok ? percent.value : /^\s*\d*\.?\d+\s*$/.test(input) ? Number(input) : NaN;
  return isConfidence(share)
    ? Promise.resolve(share)
    : Promise.reject(
        new Errors.CLIError(
          `Expected a confidence above 0.5 and below 1, such as 0.9 or 90%, not "${input}"`,
        ),
      );
}
