import { Args, Flags } from '@oclif/core';
import { failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { explainWorkload, sensitivityOf } from '../../engine/index.ts';
import type { ExplainedWorkload, SensitivityOptions } from '../../engine/index.ts';
import {
  renderExplanation,
  renderExplanationMarkdown,
  renderServiceExplanation,
  renderServiceExplanationMarkdown,
} from '../../report/index.ts';
import type { SensitivityReport } from '../../report/index.ts';
import { BaseCommand, FULL_FLAG, formOf, outputFlag } from '../base-command.ts';
import { MEASURING_FLAGS } from '../planning-flags.ts';
import { JOBS_FLAG } from '../what-if-flags.ts';

export default class Explain extends BaseCommand {
  static override description =
    'Say why a workload runs as it does: accelerator, parallelism, precision, spot share, the runner-up, what was rejected, what rules cost; of a service its size, replicas and places. With --sensitivity, what would change the answer.';

  static override examples = [
    '<%= config.bin %> explain chat',
    '<%= config.bin %> explain chat --sensitivity',
    '<%= config.bin %> explain chat --plan plans/prod --output markdown',
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
    ...outputFlag('markdown'),
    ...FULL_FLAG,
    plan: Flags.string({
      description: 'Plan file, its folder, or a name under plans/; default the plan that holds the workload.',
      helpValue: 'PLAN',
    }),
    sensitivity: Flags.boolean({
      description:
        'Plan the stack again with prices ±20 %, traffic ±50 % and latency limits ±25 %, and find break-even prices. Takes about as long as three plans.',
    }),
    stack: Flags.string({
      description: 'Stack for --sensitivity; default the one that the plan was made from.',
      helpValue: 'STACK',
      dependsOn: ['sensitivity'],
    }),
    ...JOBS_FLAG,
    resume: MEASURING_FLAGS.resume,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Explain);
    const found = await explainWorkload(args.workload, flags.plan, this.host());
    const { stack, jobs, resume } = flags;
    const explained: Outcome<Told> = flags.sensitivity
      ? await this.#withSensitivity(found, {
          ...(stack === undefined ? {} : { stack }),
          ...(jobs === undefined ? {} : { jobs }),
          ...(resume === undefined ? {} : { resume }),
        })
      : found;
    this.finish(explained, formOf(flags), (value) => ({
      json:
        value.sensitivity === undefined
          ? value.decision.value
          : { ...value.decision.value, sensitivity: value.sensitivity },
      text: this.#render(value, flags.output),
    }));
  }

  async #withSensitivity(
    found: Outcome<ExplainedWorkload>,
    options: SensitivityOptions,
  ): Promise<Outcome<Told>> {
    if (!found.ok) return found;
    const answered = await sensitivityOf(found.value, options, this.host());
    const diagnostics = [...found.diagnostics, ...answered.diagnostics];
    return answered.ok
      ? success({ ...found.value, sensitivity: answered.value }, diagnostics)
      : failure(...diagnostics);
  }

  #render({ plan, decision, sensitivity }: Told, form: string): string {
    if (decision.kind === 'service')
      return form === 'markdown'
        ? renderServiceExplanationMarkdown(plan, decision.value, sensitivity)
        : renderServiceExplanation(plan, decision.value, this.palette, sensitivity);
    return form === 'markdown'
      ? renderExplanationMarkdown(plan, decision.value, sensitivity)
      : renderExplanation(plan, decision.value, this.palette, sensitivity);
  }
}

/** A decision and, where it was asked for, what would change it. */
interface Told extends ExplainedWorkload {
  readonly sensitivity?: SensitivityReport;
}
