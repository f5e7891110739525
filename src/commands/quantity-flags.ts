import { Errors, Flags } from '@oclif/core';
import { parseCpu, parseMemory } from '../units/index.ts';
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

function positive(parsed: Parsed<number>): Promise<number> {
  if (parsed.ok && parsed.value > 0) return Promise.resolve(parsed.value);
  const expected = parsed.ok ? 'a quantity above 0' : parsed.expected;
  return Promise.reject(new Errors.CLIError(`Expected ${expected}`));
}
