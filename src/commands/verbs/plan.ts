import { Args, Flags } from '@oclif/core';
import path from 'node:path';
import { success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { changeOfWritten, planFolder, planStack, writePlan } from '../../engine/index.ts';
import type { PlannedStack } from '../../engine/index.ts';
import { writablePlan } from '../../plan/index.ts';
import type { PlanDiff } from '../../plan/index.ts';
import { diffSentence, renderPlanMarkdown, renderPlanSummary } from '../../report/index.ts';
import { BaseCommand, FULL_FLAG, formOf, outputFlag } from '../base-command.ts';
import { PLANNING_FLAGS, planningOptions } from '../planning-flags.ts';

export default class Plan extends BaseCommand {
  static override description =
    'Plan a stack: choose parallelism, sizes of replica, placement and spot mix, prove it, and write plan.json, manifests/ and report.md.';

  static override examples = [
    '<%= config.bin %> plan examples/chat/stack.ts',
    '<%= config.bin %> plan problem.yaml --out out/chat',
    '<%= config.bin %> plan examples/chat/stack.ts --trace azure-llm-2023-conv.csv.gz',
    '<%= config.bin %> plan problem.yaml --previous plans/chat/plan.json',
    'cat problem.yaml | <%= config.bin %> plan - --json',
  ];

  static override args = {
    stack: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'Stack module (.ts, .js), problem (.yaml, .json), or - for YAML on stdin.',
    }),
  };

  static override flags = {
    ...outputFlag('markdown'),
    ...FULL_FLAG,
    ...PLANNING_FLAGS,
    previous: Flags.string({
      description:
        'Plan (file or folder) that services are planned again from: what need not change stays where it is. Recorded with its hash.',
      helpValue: 'FILE',
    }),
    out: Flags.string({ description: 'Folder to write; default plans/<stack>.', helpValue: 'DIR' }),
    'dry-run': Flags.boolean({ description: 'Plan and print, but write nothing.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Plan);
    const host = this.host();
    const planned = await planStack(
      args.stack,
      {
        ...planningOptions(flags),
        ...(flags.previous === undefined ? {} : { previous: flags.previous }),
        ...(await this.standardInput(args.stack)),
      },
      host,
    );
    const change = planned.ok ? await changeOfWritten(planned.value, flags.out, host) : undefined;
    const outcome = flags['dry-run'] ? planned : await this.#write(planned, flags.out);
    this.finish(outcome, formOf(flags), ({ plan }) => ({
      json: writablePlan(plan),
      text:
        flags.output === 'markdown'
          ? renderPlanMarkdown(plan)
          : renderPlanSummary(plan, this.palette, [...changeLine(change), this.#written(plan.stack, flags)]),
    }));
  }

  async #write(planned: Outcome<PlannedStack>, out: string | undefined): Promise<Outcome<PlannedStack>> {
    if (!planned.ok) return planned;
    const host = this.host();
    const { plan, manifests } = planned.value;
    const written = await writePlan(plan, manifests, { folder: planFolder(plan.stack, out, host), host });
    return written.ok ? success(planned.value, planned.diagnostics) : written;
  }

  #written(stack: string, flags: { readonly out: string | undefined; readonly 'dry-run': boolean }): string {
    if (flags['dry-run']) return 'Nothing was written (--dry-run).';
    const folder = path.relative(process.cwd(), planFolder(stack, flags.out, this.host())) || '.';
    return `Written to ${folder}/: plan.json, report.md, manifests/.`;
  }
}

/** What became of the plan that was there before. */
function changeLine(change: PlanDiff | undefined): readonly string[] {
  return change === undefined ? [] : [`Against the plan before: ${diffSentence(change)}`];
}
