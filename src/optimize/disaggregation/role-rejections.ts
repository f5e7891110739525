import type { Rejection, RejectionReason } from '../../model/index.ts';
import { formatDuration, formatNumber } from '../../units/index.ts';
import type { Shape } from '../candidates/shape.ts';
import type { FleetReading, RoleOption, SplitRole } from './fleet-tasks.ts';
import { optionId } from './role-options.ts';

/** The rejection of a role option that keeps its limits at no rate tried. */
export function withoutRoleCapacity({
  option,
  reading,
}: {
  readonly option: RoleOption;
  readonly reading: FleetReading;
}): Rejection {
  const at = `at ${formatNumber(reading.rate, 3)} requests/s beside an ample other role`;
  const value = readingOf(reading);
  return value === undefined
    ? rejection(option, 'unstable', `load grows faster than it is served ${at}`)
    : rejection(option, 'slo-not-met', `${reading.limit} is ${formatDuration(value)} ${at}`);
}

/** The rejection of a role option that others beat in weight per request by `factor`, in short runs. */
export function asCostlierRole(option: RoleOption, factor: number, how = ''): Rejection {
  const times = `${how === '' ? '' : `${how} `}${formatNumber(factor, 3)} times`;
  return rejection(
    option,
    'costlier',
    `costs ${times} the best ${option.role} replicas for the load, in short runs`,
  );
}

/** The rejection of a role option that is slower without any load than others are under it. */
export function asSlowerRole(option: RoleOption): Rejection {
  return rejection(option, 'bound-exceeds-best', 'alone slower than the fastest replicas are at the load');
}

/** The rejection of a shape whose engine cannot run the role in it. */
export function asNotExecutable(role: SplitRole, shape: Shape, why: string): Rejection {
  const { id, workload, pool } = shape;
  return { candidate: `${id}-${role}`, workload, pool, reason: 'not-executable', detail: why };
}

/** The rejection of a role option in a search whose best plan known costs less than both roles can, by `factor`. */
export function asOutdone(option: RoleOption, factor: number): Rejection {
  const detail = `both roles together cost at least ${formatNumber(factor, 3)} times the best plan known`;
  return rejection(option, 'bound-exceeds-best', detail);
}

/** The rejection of a role option that the time did not suffice for. */
export function asNotMeasured(option: RoleOption): Rejection {
  return rejection(option, 'not-measured', 'the time was up');
}

/** The rejection of a role option whose plans all weigh more than a plan known. */
export function asBeaten(option: RoleOption, detail: string): Rejection {
  return rejection(option, 'costlier', detail);
}

function rejection(option: RoleOption, reason: RejectionReason, detail: string): Rejection {
  const { workload, pool } = option.shape;
  return { candidate: optionId(option), workload, pool, reason, detail };
}

function readingOf({ limit, evidence }: FleetReading): number | undefined {
  const [metric, percentile] = limit.split('.');
  if (metric !== 'ttft' && metric !== 'tpot' && metric !== 'e2e') return undefined;
  const summary = evidence.latency[metric];
  return percentile === 'p50' || percentile === 'p90' || percentile === 'p95' || percentile === 'p99'
    ? summary[percentile].value
    : undefined;
}
