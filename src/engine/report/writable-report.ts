import { writablePlan } from '../../plan/index.ts';
import type { HourOfWeek, ReportDocument } from '../../report/index.ts';

/** An hour as JSON can hold it. */
type WritableHour = Pick<HourOfWeek, 'demand'> & Partial<Pick<HourOfWeek, 'capacity'>>;

/** A report as JSON can hold it: rates and capacities without a known limit (Infinity) are left out. */
export function writableReport({ plan, before, evidence, ...others }: ReportDocument): unknown {
  return {
    ...others,
    plan: writablePlan(plan),
    ...(before === undefined ? {} : { before: { ...before, plan: writablePlan(before.plan) } }),
    evidence: evidence.map((item) => ({ ...item, hours: item.hours.map(writableHour) })),
  };
}

function writableHour({ demand, capacity }: HourOfWeek): WritableHour {
  return Number.isFinite(capacity) ? { demand, capacity } : { demand };
}
