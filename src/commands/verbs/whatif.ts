import { Args, Flags } from '@oclif/core';
import { whatIf } from '../../engine/index.ts';
import type { VariantRequest } from '../../engine/index.ts';
import { renderWhatIf, renderWhatIfCsv, renderWhatIfMarkdown } from '../../report/index.ts';
import type { WhatIfReport } from '../../report/index.ts';
import { BaseCommand, FULL_FLAG, formOf, outputFlag } from '../base-command.ts';
import { PLANNING_FLAGS, planningOptions } from '../planning-flags.ts';
import { JOBS_FLAG } from '../what-if-flags.ts';

const { workers: _workers, ...PLAN_FLAGS } = PLANNING_FLAGS;

export default class Whatif extends BaseCommand {
  static override description =
    'Plan a stack with changes to prices, traffic, SLOs or any other field, and compare what comes of each. Nothing is written.';

  static override examples = [
    '<%= config.bin %> whatif examples/chat/stack.ts --set pools.h100.price=-20% --set workloads.chat.rate=x2',
    '<%= config.bin %> whatif examples/chat/stack.ts --sweep pools.h100.price=-40%..+40%/20%',
    '<%= config.bin %> whatif stack.ts --variant friday=workloads.chat.rate=x3,pools.h100.maxNodes=20 --output markdown',
    '<%= config.bin %> whatif stack.ts --set pools.l40s= --set budgets.monthly.limit="60000 USD/month"',
  ];

  static override args = {
    stack: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'Stack module (.ts, .js), problem (.yaml, .json), or - for YAML on stdin.',
    }),
  };

  static override flags = {
    ...outputFlag('markdown', 'csv'),
    ...FULL_FLAG,
    set: Flags.string({
      description:
        'A change PATH=VALUE, PATH=+10%, PATH=-20%, PATH=x2, or PATH= to take a field out; several with commas between them hold together. Each --set is a variant.',
      helpValue: 'CHANGES',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'all-together': Flags.boolean({ description: 'All --set make one variant.', dependsOn: ['set'] }),
    variant: Flags.string({
      description: 'A variant with a name of its own.',
      helpValue: 'NAME=CHANGES',
      multiple: true,
      multipleNonGreedy: true,
    }),
    sweep: Flags.string({
      description: 'A variant for each value; several span a grid. Values as in --set, the step unsigned.',
      helpValue: 'PATH=FROM..TO/STEP',
      multiple: true,
      multipleNonGreedy: true,
    }),
    ...JOBS_FLAG,
    ...PLAN_FLAGS,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Whatif);
    const { resume, ...planFlags } = planningOptions({ ...flags, workers: undefined });
    const request: VariantRequest = {
      set: flags.set ?? [],
      isTogether: flags['all-together'],
      named: flags.variant ?? [],
      sweep: flags.sweep ?? [],
    };
    const answered = await whatIf(
      args.stack,
      request,
      {
        flags: planFlags,
        ...(resume === undefined ? {} : { resume }),
        ...(flags.jobs === undefined ? {} : { jobs: flags.jobs }),
        ...(await this.standardInput(args.stack)),
      },
      this.host(),
    );
    this.finish(answered, formOf(flags), ({ report }) => ({
      json: report,
      text: this.#render(report, flags.output),
      exitCode: report.base.status === 'infeasible' ? 4 : 0,
    }));
  }

  #render(report: WhatIfReport, form: string): string {
    if (form === 'markdown') return renderWhatIfMarkdown(report);
    return form === 'csv' ? renderWhatIfCsv(report) : renderWhatIf(report, this.palette);
  }
}
