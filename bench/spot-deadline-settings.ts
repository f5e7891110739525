import type { DeadlineJob } from '../src/sim/index.ts';

/** A job of the bench; hours and prices as its source states them. */
export interface DeadlineSetting {
  readonly name: string;
  readonly source: string;
  readonly workHours: number;
  readonly deadlineHours: number;
  readonly changeoverHours: number;
  /** On-demand price over spot price. */
  readonly priceRatio: number;
}

const PAPER = '"Can\'t Be Late", NSDI \'24';

function evaluation(deadlineHours: number, changeoverHours: number, source: string): DeadlineSetting {
  return {
    name: `48h/${deadlineHours}h/${changeoverHours}h`,
    ...{ source, workHours: 48, deadlineHours, changeoverHours, priceRatio: 3 },
  };
}

function workload(
  name: string,
  [workHours, deadlineHours, changeoverHours, discount]: readonly [number, number, number, number],
): DeadlineSetting {
  return {
    name: `${name} ${workHours}h/${deadlineHours}h`,
    source: `${PAPER}, table 4`,
    ...{ workHours, deadlineHours, changeoverHours, priceRatio: 1 / (1 - discount) },
  };
}

/**
 * The settings of the paper: 48 hours of work, changeover 0.2 h, V100 on AWS three times cheaper on spot (table 1 and section 6.1), deadlines from loose (60 % of the time is work) to tight
 * (92 %, the 52 h of section 4.2), and the three workloads of table 4. Beside them changeovers of 0.05 h, the small one of the public Frontier-CS variants of this problem, and of 0.4 h, twice the paper's.
 */
export const SETTINGS: readonly DeadlineSetting[] = [
  ...[80, 70, 60, 52].map((deadline) => evaluation(deadline, 0.2, `${PAPER}, section 6.1`)),
  ...[70, 60, 52].map((deadline) =>
    evaluation(deadline, 0.05, 'Frontier-CS, research/problems/cant_be_late'),
  ),
  ...[70, 60, 52].map((deadline) => evaluation(deadline, 0.4, 'assumed: twice the changeover of the paper')),
  workload('training', [72, 100, 0.3, 0.67]),
  workload('training', [72, 84, 0.3, 0.67]),
  workload('bioinformatics', [22.5, 28, 0.2, 0.91]),
  workload('bioinformatics', [22.5, 24, 0.2, 0.91]),
  workload('analytics', [27, 36, 0.2, 0.55]),
  workload('analytics', [27, 30, 0.2, 0.55]),
];

/** The job of a setting, in seconds; one hour of spot costs 1. */
export function jobOf(setting: DeadlineSetting): DeadlineJob {
  return {
    workSeconds: Math.round(setting.workHours * 3600),
    deadlineSeconds: Math.round(setting.deadlineHours * 3600),
    changeoverSeconds: Math.round(setting.changeoverHours * 3600),
    onDemandPrice: setting.priceRatio,
    spotPrice: 1,
  };
}
