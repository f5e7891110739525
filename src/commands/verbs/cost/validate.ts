import { Args, Flags } from '@oclif/core';
import { FOCUS_VERSIONS, validateFocusFile } from '../../../engine/index.ts';
import { renderFocusCheck } from '../../../report/index.ts';
import { BaseCommand, formOf, outputFlag } from '../../base-command.ts';

export default class CostValidate extends BaseCommand {
  static override description =
    'Check a FOCUS Cost and Usage file in CSV against the column rules of the specification. Exit code 1 where a rule is broken.';

  static override examples = [
    '<%= config.bin %> cost validate export.csv',
    '<%= config.bin %> cost chat --output focus --period 2026-12 | <%= config.bin %> cost validate -',
  ];

  static override args = {
    file: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'FOCUS file in CSV, or - for standard input.',
    }),
  };

  static override flags = {
    ...outputFlag(),
    'focus-version': Flags.option({ options: FOCUS_VERSIONS })({
      description: 'Version of the specification; default what the columns tell.',
    }),
    full: Flags.boolean({ description: 'Show every place of every broken rule.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(CostValidate);
    const version = flags['focus-version'];
    const checked = await validateFocusFile(
      {
        target: args.file,
        ...(await this.standardInput(args.file)),
        ...(version === undefined ? {} : { version }),
      },
      this.host(),
    );
    this.finish(checked, formOf(flags), (check) => ({
      json: check,
      text: renderFocusCheck(check, this.palette, flags.full),
      exitCode: check.errors > 0 ? 1 : 0,
    }));
  }
}
