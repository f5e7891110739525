import { Errors, Flags } from '@oclif/core';
import { parseCpu, parseDuration, parseMemory } from '../units/index.ts';
import type { Parsed } from '../units/index.ts';

/** CPU as Kubernetes writes it (`100m`, `0.5`), in millicores; above 0. */
export const CPU_FLAG = Flags.custom<number>({
  helpValue: 'CPU',
  parse: (input) => positive(parseCpu(input)),
});

/** Memory as Kubernetes writes it (`128Mi`), in bytes; above 0. */
export const MEMORY_FLAG = Flags.custom<number>({
  helpValue: 'MEMORY',
  parse: (input) => positive(parseMemory(input)),
});

/** A duration such as `5min`, in seconds; 0 or more. */
export const SECONDS_FLAG = Flags.custom<number>({
  helpValue: 'DURATION',
  parse: (input) => {
    const parsed = parseDuration(input);
    if (parsed.ok && parsed.value >= 0) return Promise.resolve(parsed.value);
    const expected = parsed.ok ? 'a duration of 0 or more' : parsed.expected;
    return Promise.reject(new Errors.CLIError(`Expected ${expected}`));
  },
});

function positive(parsed: Parsed<number>): Promise<number> {
  if (parsed.ok && parsed.value > 0) return Promise.resolve(parsed.value);
  const expected = parsed.ok ? 'a quantity above 0' : parsed.expected;
  return Promise.reject(new Errors.CLIError(`Expected ${expected}`));
}
