import { Args, Errors, Flags } from '@oclif/core';
import { readPlan } from '../../engine/index.ts';
import { renderCost, renderFocusCsv } from '../../report/index.ts';
import { BaseCommand, formOf, outputFlag } from '../base-command.ts';

export default class Cost extends BaseCommand {
  static override description = 'Print the cost of a plan as line items, as text, JSON or FOCUS 1.4 CSV.';

  static override examples = [
    '<%= config.bin %> cost plans/chat/plan.json',
    '<%= config.bin %> cost chat --output focus --period 2026-12 > chat-focus.csv',
  ];

  static override args = {
    plan: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'Plan file, its folder, or the name of a stack under plans/.',
    }),
  };

  static override flags = {
    ...outputFlag('focus'),
    full: Flags.boolean({ description: 'Print tables of services whole, however long.' }),
    period: Flags.custom<string>({
      parse: (input) =>
        /^\d{4}-(0[1-9]|1[0-2])$/.test(input)
          ? Promise.resolve(input)
          : Promise.reject(new Errors.CLIError(`Expected a month such as 2026-12, not "${input}"`)),
    })({ description: 'Calendar month of the FOCUS rows; default the current one.', helpValue: 'YYYY-MM' }),
    'billing-account': Flags.string({
      description: 'Billing account of the FOCUS rows.',
      default: 'planned',
      helpValue: 'ID',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Cost);
    const host = this.host();
    const stored = await readPlan(args.plan, host);
    this.finish(stored, formOf(flags), ({ plan }) => ({
      json: plan.cost,
      text:
        flags.output === 'focus'
          ? renderFocusCsv(plan.cost, {
              stack: plan.stack,
              period: flags.period ?? host.today.slice(0, 7),
              billingAccountId: flags['billing-account'],
            })
          : renderCost(plan.cost, this.palette, flags.full),
    }));
  }
}
