import { Args } from '@oclif/core';
import { validateStack } from '../../engine/index.ts';
import { stackPage } from '../../report/index.ts';
import { BaseCommand, formOf, outputFlag } from '../base-command.ts';

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

  static override flags = { ...outputFlag('markdown') };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Validate);
    const { stdin } = await this.standardInput(args.stack);
    const outcome = await validateStack(args.stack, this.host(), stdin);
    this.finish(outcome, formOf(flags), (valid) => this.show(flags.output, valid, () => stackPage(valid)));
  }
}
