import { Flags } from '@oclif/core';
import { failure } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { checkFreshness, readPlan } from '../../engine/index.ts';
import type { StoredPlan } from '../../engine/index.ts';
import { writablePlan } from '../../plan/index.ts';
import { renderPlan, renderPlanMarkdown } from '../../report/index.ts';
import { BaseCommand, FULL_FLAG, formOf, outputFlag } from '../base-command.ts';
import { PLAN_ARG } from '../plan-arg.ts';

export default class Show extends BaseCommand {
  static override description = 'Print a plan: pod sets, services, SLO evidence, cost, proof, policies.';

  static override examples = [
    '<%= config.bin %> show plans/chat/plan.json',
    '<%= config.bin %> show chat --output markdown',
    '<%= config.bin %> show chat --check',
  ];

  static override args = PLAN_ARG;

  static override flags = {
    ...outputFlag('markdown'),
    ...FULL_FLAG,
    check: Flags.boolean({
      description: 'Fail with exit code 5 when an input of the plan has changed since it was made.',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Show);
    const host = this.host();
    const stored = await readPlan(args.plan, host);
    const outcome = flags.check && stored.ok ? await this.#checked(stored, stored.value) : stored;
    this.finish(outcome, formOf(flags), ({ plan }) => ({
      json: writablePlan(plan),
      text:
        flags.output === 'markdown' ? renderPlanMarkdown(plan) : renderPlan(plan, this.palette, flags.full),
    }));
  }

  async #checked(outcome: Outcome<StoredPlan>, stored: StoredPlan): Promise<Outcome<StoredPlan>> {
    const fresh = await checkFreshness(stored.plan, stored.shown, this.host());
    return fresh.ok ? outcome : failure(...outcome.diagnostics, ...fresh.diagnostics);
  }
}
