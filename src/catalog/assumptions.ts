import type { InstanceType, Interruption, Provenance } from '../model/index.ts';
import { seconds } from '../units/index.ts';
import type { Seconds } from '../units/index.ts';

/**
 * Time between the warning of a reclaim and the end of the node, by provider.
 * Source: AWS "Spot Instance interruption notices" (2 minutes), Google Cloud "Spot VMs" and Azure "Spot Virtual Machines"
 * (30 s), 2025. Other providers: no warning, *assumed*.
 */
export const RECLAIM_NOTICE: Readonly<Record<string, number>> = { aws: 120, gcp: 30, azure: 30 };

/**
 * Band used for spot capacity without a published rate: that of the least stable AWS types. *Assumed*: Google and
 * Microsoft publish no rate per month; taking the worst published band keeps a plan on the safe side.
 */
export const UNPUBLISHED_SPOT: Pick<Interruption, 'monthlyLow' | 'monthlyHigh' | 'provenance'> = {
  monthlyLow: 0.2,
  monthlyHigh: 0.35,
  provenance: {
    evidence: 'assumed',
    source:
      'no rate is published for this instance type and region; the worst band of AWS Spot Advisor is assumed',
  },
};

/** Monthly failure probability that each accelerator adds to a node: see `nodeFailure`. */
const FAILURE_PER_ACCELERATOR = 0.0144;
/** Monthly failure probability of a node's other parts. *Assumed*: about one node in three hundred a month. */
const FAILURE_PER_NODE = 0.003;

/**
 * How often a node that nobody reclaims fails on its own (hardware, host maintenance), by month.
 * `high = 0.003 + 0.0144 × accelerators`, capped at 1; `low` leaves the accelerators out.
 * Source: "The Llama 3 Herd of Models" (Meta, 2024-07, table 5): 419 unexpected interruptions of 16,384 H100 in 54 days,
 * that is 0.0144 per accelerator and month of 30.4 days; the share of the node's other parts is *assumed*.
 */
export function nodeFailure(instance: InstanceType): Interruption {
  const count = instance.accelerator?.count ?? 0;
  return {
    monthlyLow: FAILURE_PER_NODE,
    monthlyHigh: Math.min(1, Number((FAILURE_PER_NODE + FAILURE_PER_ACCELERATOR * count).toPrecision(12))),
    notice: seconds(0),
    provenance: NODE_FAILURE_PROVENANCE,
  };
}

const NODE_FAILURE_PROVENANCE: Provenance = {
  evidence: 'assumed',
  source:
    'node failures: 0.3 % a month, and 1.44 % per accelerator as in "The Llama 3 Herd of Models", table 5',
  date: '2024-07-31',
};

/**
 * Time from asking for a node until pods may start on it. *Assumed*: 5 minutes with accelerators (boot, drivers, device
 * plugin), 90 seconds without. A pool states its own with `nodeStartup`.
 */
export function assumedNodeStartup(instance: InstanceType): Seconds {
  return seconds(instance.accelerator === undefined ? 90 : 300);
}
