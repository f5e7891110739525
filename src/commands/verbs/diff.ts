import { Args, Flags } from '@oclif/core';
import { comparePlans } from '../../engine/index.ts';
import { diffReport, renderDiff, renderDiffMarkdown, renderFailureMarkdown } from '../../report/index.ts';
import { BaseCommand, formOf, outputFlag } from '../base-command.ts';
import { PLANNING_FLAGS, planningOptions } from '../planning-flags.ts';

export default class Diff extends BaseCommand {
  static override description =
    'Compare two plans, or a stack with its committed plan: decisions, cost, SLO risk, objects field by field.';

  static override examples = [
    '<%= config.bin %> diff examples/chat/stack.ts',
    '<%= config.bin %> diff plans/chat/plan.json other/plan.json',
    '<%= config.bin %> diff examples/chat/stack.ts --output markdown --detailed-exitcode',
    '<%= config.bin %> diff base/plans/chat plans/chat --output markdown --marker chat --allow-missing',
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
    previous: Flags.string({
      description:
        'Plan that services are planned again from. Default: the committed plan where that was itself made so.',
      helpValue: 'PLAN',
    }),
    'allow-missing': Flags.boolean({
      description:
        'A plan that does not exist counts as one that runs nothing: a new stack, or one given up.',
    }),
    marker: Flags.string({
      description:
        'Name in the hidden first line of Markdown by which a bot finds its comment; default the name of the stack.',
      helpValue: 'NAME',
    }),
    'detailed-exitcode': Flags.boolean({ description: 'Exit with 2 when there are differences.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Diff);
    const targets: [string, ...string[]] =
      args.after === undefined ? [args.before] : [args.before, args.after];
    const options = {
      ...planningOptions(flags),
      ...(flags.previous === undefined ? {} : { previous: flags.previous }),
      allowMissing: flags['allow-missing'],
    };
    const compared = await comparePlans(targets, options, this.host());
    const marker = flags.marker === undefined ? {} : { marker: flags.marker };
    if (!compared.ok && flags.output === 'markdown' && !flags.json) {
      process.stdout.write(renderFailureMarkdown(compared.diagnostics, flags.marker ?? args.before));
    }
    this.finish(compared, formOf(flags), ({ diff, before, after }) => ({
      json: diffReport(diff, { before, after }),
      text:
        flags.output === 'markdown'
          ? renderDiffMarkdown(diff, { ...marker, command: `plimsoll diff ${targets.map(quoted).join(' ')}` })
          : renderDiff(diff, this.palette),
      exitCode: flags['detailed-exitcode'] && !diff.isEmpty ? 2 : 0,
    }));
  }
}

/** An argument as a shell reads it back. */
function quoted(argument: string): string {
  return /^[\w./:@%+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
