import { Args, Flags } from '@oclif/core';
import { explainWorkload } from '../../engine/index.ts';
import { renderExplanation, renderServiceExplanation } from '../../report/index.ts';
import { BaseCommand, formOf, outputFlag } from '../base-command.ts';

export default class Explain extends BaseCommand {
  static override description =
    'Say why a workload runs as it does: the winner, the runner-up, what was rejected; of a service its size, replicas and places.';

  static override examples = [
    '<%= config.bin %> explain chat',
    '<%= config.bin %> explain chat --plan plans/prod --json',
  ];

  static override args = {
    workload: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'Workload or service of a plan under plans/, or the plan itself when it holds only one.',
    }),
  };

  static override flags = {
    ...outputFlag(),
    plan: Flags.string({
      description: 'Plan file, its folder, or a name under plans/; default the plan that holds the workload.',
      helpValue: 'PLAN',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Explain);
    const found = await explainWorkload(args.workload, flags.plan, this.host());
    this.finish(found, formOf(flags), ({ plan, decision }) => ({
      json: decision.value,
      text:
        decision.kind === 'service'
          ? renderServiceExplanation(plan, decision.value, this.palette)
          : renderExplanation(plan, decision.value, this.palette),
    }));
  }
}
