import type { PlanDocument } from '../../../model/index.ts';
import type { ReportDocument } from '../../../report/index.ts';
import type { EngineHost } from '../../messages.ts';
import { readPlan } from '../../plan-folder.ts';
import type { StoredPlan } from '../../plan-folder.ts';
import { quietHost } from '../../testing/host.ts';
import { composeReport } from '../compose-report.ts';
import type { ReportOptions } from '../report-options.ts';

/** The committed plan of a chat model. For tests only. */
export async function chatPlan(): Promise<StoredPlan> {
  const stored = await readPlan('chat', quietHost());
  if (!stored.ok) throw new Error(JSON.stringify(stored.diagnostics));
  return stored.value;
}

/** The same plan with changes. For tests only. */
export function withPlan(stored: StoredPlan, change: (plan: PlanDocument) => PlanDocument): StoredPlan {
  return { ...stored, plan: change(stored.plan) };
}

/** A report that must succeed. For tests only. */
export async function composed(
  stored: StoredPlan,
  options: ReportOptions = {},
  host: EngineHost = quietHost(),
): Promise<ReportDocument> {
  const outcome = await composeReport(stored, options, host);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.value;
}
