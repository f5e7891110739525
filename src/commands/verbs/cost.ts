import { accountOfPlan, compareCosts } from '../../engine/index.ts';
import {
  renderFocusCsv,
  renderStatement,
  renderStatementCsv,
  renderStatementMarkdown,
  renderVariance,
  renderVarianceCsv,
  renderVarianceMarkdown,
} from '../../report/index.ts';
import { BaseCommand, formOf, outputFlag } from '../base-command.ts';
import { PLAN_ARG } from '../plan-arg.ts';
import { accountOptions, compareOptions, COST_FLAGS } from '../cost-flags.ts';

export default class Cost extends BaseCommand {
  static override description =
    'Print what a plan costs: by workload, team, pool or zone, with list, contracted and effective cost, unit costs and a forecast; as text, Markdown, CSV, JSON or FOCUS rows.';

  static override examples = [
    '<%= config.bin %> cost plans/chat/plan.json',
    '<%= config.bin %> cost chat --group-by team --idle proportional --output markdown',
    '<%= config.bin %> cost chat --currency EUR --rate 0.92 --rate-date 2026-11-20 --output csv',
    '<%= config.bin %> cost chat --compare bill.csv --workload-tag app',
    '<%= config.bin %> cost chat --output focus --period 2026-12 --granularity day > chat-focus.csv',
  ];

  static override args = PLAN_ARG;

  static override flags = {
    ...outputFlag('markdown', 'csv', 'focus'),
    ...COST_FLAGS,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Cost);
    if (flags.compare !== undefined) return this.#compare(args.plan, { ...flags, compare: flags.compare });
    const host = this.host();
    const form = formOf(flags);
    const month = flags.period ?? host.today.slice(0, 7);
    const { granularity } = flags;
    const charges = { month, granularity, basis: flags['month-basis'] };
    const options = accountOptions(flags, form === 'focus' ? charges : undefined);
    const account = await accountOfPlan(args.plan, options, host);
    this.finish(account, form, ({ statement, charges: rows }) => ({
      json: statement,
      text:
        form === 'focus'
          ? renderFocusCsv(rows, {
              version: flags['focus-version'],
              stack: statement.stack,
              currency: statement.currency,
              month,
              billingAccountId: flags['billing-account'],
            })
          : form === 'csv'
            ? renderStatementCsv(statement)
            : form === 'markdown'
              ? renderStatementMarkdown(statement, flags.full)
              : renderStatement(statement, this.palette, flags.full),
    }));
  }

  async #compare(plan: string, flags: Parameters<typeof compareOptions>[0] & CompareForms): Promise<void> {
    const compared = await compareCosts(plan, compareOptions(flags), this.host());
    const form = formOf(flags);
    this.finish(compared, form, (variance) => ({
      json: variance,
      text:
        form === 'csv'
          ? renderVarianceCsv(variance)
          : form === 'markdown'
            ? renderVarianceMarkdown(variance, flags.full)
            : renderVariance(variance, this.palette, flags.full),
    }));
  }
}

/** How a comparison is shown. */
interface CompareForms {
  readonly json: boolean;
  readonly output: string;
  readonly full: boolean;
}
