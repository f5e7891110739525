import type {
  Assumption,
  Decision,
  Offering,
  PlannedTraffic,
  ResolvedProblem,
  ServiceDecision,
} from '../model/index.ts';
import { correctionFor, NO_CORRECTION } from '../perf/index.ts';
import type { OperatorCoefficients } from '../perf/index.ts';
import { formatDuration, formatNumber, formatPercent } from '../units/index.ts';
import { spotRecordAssumptions } from './spot-records/spot-assumptions.ts';

/** The statements a plan rests on, from the provenance of its parts: prices, traffic, performance, interruptions, start-up. */
export function listAssumptions(
  resolved: ResolvedProblem,
  decision: Decision,
  traffic: readonly PlannedTraffic[],
): readonly Assumption[] {
  return unique([
    ...traffic.map(trafficAssumption),
    ...resolved.workloads.flatMap(({ workload, profile }): Assumption[] => [
      {
        subject: workload.id,
        statement: `Traffic profile: ${profile.provenance.source}`,
        evidence: profile.provenance.evidence,
      },
    ]),
    ...decision.workloads.flatMap((item) =>
      item.chosen.map(({ candidate, evidence, modelError, startup }): Assumption => ({
        subject: item.workload,
        statement: `Step times of ${candidate.engine} ${candidate.engineVersion} on ${candidate.accelerator} are within ${formatPercent(modelError, 2)} in 8 of 10 cases; a replica starts in ${formatDuration(startup)}`,
        evidence,
      })),
    ),
    ...serviceAssumptions(decision.services ?? []),
    ...usedOfferings(resolved, decision).flatMap(offeringAssumptions),
    ...usedOfferings(resolved, decision).flatMap(spotRecordAssumptions),
  ]);
}

/** Which chosen candidates have step times corrected by the user's own measurements, and by how much. */
export function correctionAssumptions(
  resolved: ResolvedProblem,
  decision: Decision,
  coefficients: OperatorCoefficients,
): readonly Assumption[] {
  const corrections = coefficients.corrections ?? [];
  const chosen = decision.workloads.flatMap((item) => item.chosen.map(({ candidate }) => candidate));
  return unique(
    chosen.flatMap((candidate): Assumption[] => {
      const architecture = resolved.workloads.find(
        ({ workload }) => workload.id === candidate.workload,
      )?.architecture;
      const accelerator = resolved.offerings.find(
        (offering) => offering.accelerator?.name === candidate.accelerator,
      )?.accelerator;
      if (architecture === undefined || accelerator === undefined) return [];
      const factors = correctionFor({ ...candidate, architecture, accelerator }, corrections);
      if (factors === NO_CORRECTION) return [];
      return [
        {
          subject: candidate.workload,
          statement: `Step times of ${candidate.engine} on ${candidate.accelerator} are corrected by the stack's calibration: prefill × ${formatNumber(factors.prefill, 3)}, decode × ${formatNumber(factors.decode, 3)}, ingest × ${formatNumber(factors.ingest, 3)}`,
          evidence: 'measured',
        },
      ];
    }),
  );
}

/** What the confidence of each workload rests on. */
export function confidenceAssumptions(decision: Decision): readonly Assumption[] {
  return decision.workloads.flatMap(({ workload, confidence }): Assumption[] => {
    if (confidence === undefined) return [];
    const { ttft, tpot } = confidence.factors;
    return [
      {
        subject: workload,
        statement: `With ${formatPercent(confidence.level)} confidence TTFT is at most ${formatNumber(ttft, 3)} times and TPOT at most ${formatNumber(tpot, 3)} times as long as predicted: quantiles over benchmark runs whose model and hardware the fit did not see, taken to hold for every percentile`,
        evidence: 'fitted',
      },
    ];
  });
}

function trafficAssumption(item: PlannedTraffic): Assumption {
  return {
    subject: item.workload,
    statement:
      'Windows are planned for the highest hourly mean; bursts within the hour follow the gap distribution in simulation',
    evidence: 'assumed',
  };
}

/** What the sizes and counts of services rest on. */
function serviceAssumptions(services: readonly ServiceDecision[]): readonly Assumption[] {
  if (services.length === 0) return [];
  return [
    {
      subject: 'services',
      statement:
        'Windows are planned for the highest hourly mean of each service, callers included; bursts within the hour are in the rate of one replica',
      evidence: 'assumed',
    },
    {
      subject: 'services',
      statement:
        'A lost node or cell of spot capacity is down until a new node and its pods have started; losses of different ones are independent',
      evidence: 'assumed',
    },
    ...services.flatMap(({ workload, shape }): Assumption[] => [
      {
        subject: workload,
        statement: `${shape.evidence === undefined ? 'What a replica carries is as declared' : `What a replica carries: ${shape.evidence.provenance.source}`}; a pod starts in ${formatDuration(shape.startup)}`,
        evidence: shape.evidence?.provenance.evidence ?? 'assumed',
      },
    ]),
  ];
}

function usedOfferings(resolved: ResolvedProblem, decision: Decision): readonly Offering[] {
  const used = new Set(decision.nodes.map((node) => node.offering));
  return resolved.offerings.filter((offering) => used.has(offering.id));
}

function offeringAssumptions(offering: Offering): Assumption[] {
  const { interruption, priceProvenance, capacityType } = offering;
  return [
    {
      subject: `${offering.pool} ${capacityType}`,
      statement: `Price from ${priceProvenance.source}${priceProvenance.date === undefined ? '' : `, ${priceProvenance.date}`}`,
      evidence: priceProvenance.evidence,
    },
    {
      subject: `${offering.pool} ${capacityType}`,
      statement: `A node is lost within a month with probability ${formatPercent(interruption.monthlyLow, 2)} to ${formatPercent(interruption.monthlyHigh, 2)} (${interruption.provenance.source}) and replaced within ${formatDuration(offering.nodeStartup)} plus the start of the replica`,
      evidence: interruption.provenance.evidence,
    },
  ];
}

function unique(items: readonly Assumption[]): readonly Assumption[] {
  return [...new Map(items.map((item) => [`${item.subject}\n${item.statement}`, item])).values()];
}
