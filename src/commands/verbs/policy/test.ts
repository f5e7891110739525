import { Args } from '@oclif/core';
import { testPacks } from '../../../engine/index.ts';
import { packTestsPage } from '../../../report/index.ts';
import { BaseCommand, formOf, outputFlag } from '../../base-command.ts';

export default class PolicyTest extends BaseCommand {
  static override description = 'Run the examples that the rules of policy packs carry.';

  static override examples = [
    '<%= config.bin %> policy test reliability',
    '<%= config.bin %> policy test policies/ours.yaml policies/theirs.yaml',
  ];

  static override strict = false;

  static override args = {
    pack: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'Pack: a shipped name or a file; several may be named.',
    }),
  };

  static override flags = { ...outputFlag('markdown') };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(PolicyTest);
    const outcome = await testPacks(argv.map(String), this.host());
    this.finish(outcome, formOf(flags), (reports) =>
      this.show(flags.output, reports, () => packTestsPage(reports)),
    );
  }
}
