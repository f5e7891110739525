import { Errors, Flags } from '@oclif/core';
import type { Interfaces } from '@oclif/core';
import type { TrafficOptions } from '../engine/index.ts';
import { parseDuration } from '../units/index.ts';
import { percentFlag, positiveFlag, present, rateFlag, reading } from './configuration-flags.ts';

/** Columns of a trace that may be named. */
const COLUMN_MEANINGS = ['arrival', 'isl', 'osl', 'cachedTokens'];

/** `isl=prompt,osl=completion`. */
export const columnsFlag = Flags.custom<Readonly<Record<string, string>>>({
  parse: (input) => {
    const pairs = input.split(',').map((pair) => pair.split('='));
    const isUnderstood = pairs.every(
      ([meaning = '', name = '', ...rest]) =>
        COLUMN_MEANINGS.includes(meaning) && name !== '' && rest.length === 0,
    );
    return isUnderstood
      ? Promise.resolve(Object.fromEntries(pairs) as Record<string, string>)
      : Promise.reject(
          new Errors.CLIError(`Expected columns such as "isl=prompt,osl=completion", not "${input}"`),
        );
  },
});

/** Flags that say how a trace file is read. */
export const TRACE_READING_FLAGS = {
  layout: Flags.option({
    options: ['auto', 'azure-llm', 'burstgpt', 'mooncake', 'csv', 'jsonl'] as const,
    default: 'auto' as const,
  })({ description: 'Layout of the trace; auto recognises it by its first line.' }),
  columns: columnsFlag({
    description:
      'Columns of a plain CSV or JSONL trace: arrival, isl, osl, cachedTokens. Default: recognised by name.',
    helpValue: 'isl=prompt,osl=completion',
  }),
  'skip-broken-lines': Flags.boolean({
    description: 'Leave broken lines of the trace out and say how many, instead of failing.',
  }),
};

/** Flags that say which requests are simulated. */
export const TRAFFIC_FLAGS = {
  trace: Flags.string({
    description: 'Trace file to replay in its own time (.csv, .jsonl; .gz is decompressed).',
    helpValue: 'FILE',
  }),
  ...TRACE_READING_FLAGS,
  profile: Flags.string({ description: 'Shipped traffic profile to draw requests from.', helpValue: 'NAME' }),
  isl: Flags.integer({ description: 'Mean input tokens of drawn requests.', min: 1, helpValue: 'TOKENS' }),
  osl: Flags.integer({ description: 'Mean output tokens of drawn requests.', min: 1, helpValue: 'TOKENS' }),
  'length-spread': percentFlag({
    description: 'Share by which --isl and --osl vary evenly to both sides; default 0%.',
    helpValue: 'SHARE',
  }),
  rate: rateFlag({
    description:
      "Requests per second. Default: the trace's own times, the profile's busiest hour, the plan's busiest window.",
    helpValue: 'RATE',
  }),
  'rate-scale': positiveFlag({ description: 'Factor on that rate instead; default 1.', helpValue: 'FACTOR' }),
  burstiness: positiveFlag({
    description:
      'Coefficient of variation of the gaps between drawn requests; default the profile’s, else 1.',
    helpValue: 'CV',
  }),
  'prefix-hit-rate': percentFlag({
    description: 'Share of the prompt tokens of drawn requests found cached; default the profile’s, else 0%.',
    helpValue: 'SHARE',
  }),
  requests: Flags.integer({
    description: 'Requests at most; default 10000 drawn ones, all of a trace.',
    min: 1,
    // Some 200 bytes each: beyond, the heap of the process is at its end.
    max: 10_000_000,
    helpValue: 'N',
  }),
  duration: Flags.custom<number>({ parse: reading(parseDuration) })({
    description: 'Time of arrivals at most, such as 10min; default no limit.',
    helpValue: 'TIME',
  }),
};

/** The layout of a trace as the reading flags say it. */
export function traceLayout(
  flags: Interfaces.InferredFlags<typeof TRACE_READING_FLAGS>,
): NonNullable<TrafficOptions['layout']> {
  return {
    format: flags.layout,
    ...(flags.columns === undefined ? {} : { columns: flags.columns }),
    onBrokenLine: flags['skip-broken-lines'] ? 'skip' : 'fail',
  };
}

/** What the traffic flags say, without those that were not given. */
export function trafficOptions(flags: Interfaces.InferredFlags<typeof TRAFFIC_FLAGS>): TrafficOptions {
  return present({
    trace: flags.trace,
    layout: traceLayout(flags),
    profile: flags.profile,
    isl: flags.isl,
    osl: flags.osl,
    lengthSpread: flags['length-spread'],
    requestRate: flags.rate,
    rateScale: flags['rate-scale'],
    burstiness: flags.burstiness,
    prefixHitRate: flags['prefix-hit-rate'],
    requests: flags.requests,
    duration: flags.duration,
  });
}
