import { Flags } from '@oclif/core';

/** How many variants are planned at a time. It changes no answer. */
export const JOBS_FLAG = {
  jobs: Flags.integer({
    description:
      'Variants planned at a time, each by a thread; 1 uses the main one alone. Default: one per processor, 8 at most. The answer is the same.',
    min: 1,
    max: 64,
  }),
};
