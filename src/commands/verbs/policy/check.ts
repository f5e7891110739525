import { Args, Flags } from '@oclif/core';
import { checkPolicies, toolVersion } from '../../../engine/index.ts';
import type { PolicyCheck } from '../../../engine/index.ts';
import { policyJunit, policySarif, renderPolicyMarkdown, renderPolicyReport } from '../../../report/index.ts';
import type { Palette } from '../../../report/index.ts';
import { BaseCommand, formOf, outputFlag } from '../../base-command.ts';

export default class PolicyCheckCommand extends BaseCommand {
  static override description = 'Judge a plan (or a stack, planned first) by its policies and further packs.';

  static override examples = [
    '<%= config.bin %> policy check plans/chat/plan.json',
    '<%= config.bin %> policy check chat --pack reliability --output sarif > policy.sarif',
  ];

  static override args = {
    target: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'Plan file, its folder, the name of a stack under plans/, or a stack.',
    }),
  };

  static override flags = {
    ...outputFlag('markdown', 'sarif', 'junit'),
    pack: Flags.string({
      multiple: true,
      default: [],
      description: 'Further pack: a shipped name or a file.',
      helpValue: 'NAME',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PolicyCheckCommand);
    const stdin = await this.standardInput(args.target);
    const outcome = await checkPolicies(args.target, { packs: flags.pack, ...stdin }, this.host());
    this.finish(outcome, formOf(flags), (check) => ({
      json: check.report,
      text: render(check, flags.output, this.palette),
    }));
  }
}

function render({ report, file }: PolicyCheck, form: string, palette: Palette): string {
  switch (form) {
    case 'sarif':
      return `${JSON.stringify(policySarif(report, { toolVersion: toolVersion(), file }), undefined, 2)}\n`;
    case 'junit':
      return policyJunit(report);
    case 'markdown':
      return renderPolicyMarkdown(report);
    default:
      return renderPolicyReport(report, palette);
  }
}
