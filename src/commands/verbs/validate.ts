import { Args } from '@oclif/core';
import { validateStack } from '../../engine/index.ts';
import type { ValidStack } from '../../engine/index.ts';
import { plural } from '../../report/index.ts';
import { BaseCommand, JSON_FLAG } from '../base-command.ts';

export default class Validate extends BaseCommand {
  static override description =
    'Check a stack without planning: schema, units, names, prices, traffic and policies.';

  static override examples = [
    '<%= config.bin %> validate examples/chat/stack.ts',
    '<%= config.bin %> validate problem.yaml --json',
  ];

  static override args = {
    stack: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'Stack module (.ts, .js), problem (.yaml, .json), or - for YAML on stdin.',
    }),
  };

  static override flags = { ...JSON_FLAG };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Validate);
    const { stdin } = await this.standardInput(args.stack);
    const outcome = await validateStack(args.stack, this.host(), stdin);
    this.finish(outcome, flags.json ? 'json' : 'text', (valid) => ({
      json: valid,
      text: `${valid.stack} is valid: ${whatRuns(valid)}, ${plural(valid.pools, 'pool')} with ${plural(valid.offerings, 'offering')}, ${plural(valid.policies, 'policy', 'policies')} with ${plural(valid.rules, 'rule')}.\n`,
    }));
  }
}

/** Language models and services, those of which there are any. */
function whatRuns({ workloads, services }: ValidStack): string {
  if (services === 0) return plural(workloads, 'workload');
  return workloads === 0
    ? plural(services, 'service')
    : `${plural(workloads, 'workload')}, ${plural(services, 'service')}`;
}
