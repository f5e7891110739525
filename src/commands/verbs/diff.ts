import { Args, Flags } from '@oclif/core';
import { comparePlans } from '../../engine/index.ts';
import { renderDiff, renderDiffMarkdown } from '../../report/index.ts';
import { BaseCommand, formOf, outputFlag } from '../base-command.ts';
import { PLANNING_FLAGS, planningOptions } from '../planning-flags.ts';

export default class Diff extends BaseCommand {
  static override description =
    'Compare two plans, or a stack with its committed plan: decisions, cost, SLO risk, objects field by field.';

  static override examples = [
    '<%= config.bin %> diff examples/chat/stack.ts',
    '<%= config.bin %> diff plans/chat/plan.json other/plan.json',
    '<%= config.bin %> diff examples/chat/stack.ts --output markdown --detailed-exitcode',
  ];

  static override args = {
    before: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'A stack (compared with plans/<stack>), or the plan or stack before.',
    }),
    after: Args.string({ ignoreStdin: true, description: 'The plan or stack after.' }),
  };

  static override flags = {
    ...outputFlag('markdown'),
    ...PLANNING_FLAGS,
    'detailed-exitcode': Flags.boolean({ description: 'Exit with 2 when there are differences.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Diff);
    const targets: [string, ...string[]] =
      args.after === undefined ? [args.before] : [args.before, args.after];
    const compared = await comparePlans(targets, planningOptions(flags), this.host());
    this.finish(compared, formOf(flags), ({ diff }) => ({
      json: diff,
      text: flags.output === 'markdown' ? renderDiffMarkdown(diff) : renderDiff(diff, this.palette),
      exitCode: flags['detailed-exitcode'] && !diff.isEmpty ? 2 : 0,
    }));
  }
}
