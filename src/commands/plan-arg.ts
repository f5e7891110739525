import { Args } from '@oclif/core';

/** The plan that a command reads. */
export const PLAN_ARG = {
  plan: Args.string({
    required: true,
    ignoreStdin: true,
    description: 'Plan file, its folder, or the name of a stack under plans/.',
  }),
};
