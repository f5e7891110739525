import type { BatchLimits, CapacityType, Offering, ResolvedWorkload } from '../../model/index.ts';
import type { OperatorCoefficients } from '../../perf/index.ts';
import type { LengthColumns } from '../../traffic/index.ts';
import { LONGEST_RUN } from '../evaluate-workload.ts';
import { mixPlaces, mixUnits } from './mix-units.ts';
import type { MixUnit } from './mix-units.ts';
import { MixSearch } from './mix-search.ts';
import type { MixSearchResult } from './mix-search.ts';
import { classesOf, INPUT_EDGES } from './request-classes.ts';
import type { RequestClass } from './request-classes.ts';
import { StreamMeter } from './stream-meter.ts';
import { measureUnits } from './unit-loads.ts';

/** Spot capacity in a mix. */
export interface SpotRules {
  /** Most of the requests on spot capacity, 0..1. */
  readonly mostShare: number;
  /** Nodes bought beside those that carry the load, per kind of replica on spot: so many may be reclaimed at once. */
  readonly spareNodes: number;
}

/** One service, its requests and what may be bought. */
export interface GpuMixRequest {
  /** Its SLO, engines and precisions count; its profile does not. */
  readonly workload: ResolvedWorkload;
  /** Lengths that requests are drawn from. */
  readonly lengths: LengthColumns;
  /** Requests per second. */
  readonly rate: number;
  /** CV of the gaps between requests; default 1, a Poisson process. */
  readonly burstiness?: number;
  readonly offerings: readonly Offering[];
  /** Absent: no spot capacity. */
  readonly spot?: SpotRules;
  /** Upper ends of the ranges that the router tells apart; default those of `INPUT_EDGES`, and no outputs. */
  readonly edges?: { readonly input: readonly number[]; readonly output?: readonly number[] };
}

/** How a mix is planned. */
export interface GpuMixOptions {
  readonly seed: number;
  readonly coefficients: OperatorCoefficients;
  /** Requests of the runs that confirm; default 16,000. */
  readonly longest?: number;
  /** Measured loads by unit, kept between calls of the same workload, lengths and seed at higher rates (Poisson arrivals only). */
  readonly known?: Map<string, Float64Array>;
}

/** Replicas of one kind in one place. */
export interface MixPart {
  readonly id: string;
  readonly unit: MixUnit;
  readonly pool: string;
  readonly capacityType: CapacityType;
  readonly batch: BatchLimits;
  readonly replicas: number;
  /** Of these, bought for the case that nodes are reclaimed. */
  readonly spare: number;
  /** Requests per second of each replica when no spare one is there. */
  readonly rateEach: number;
  /** Requests per second that one replica was seen to carry of its requests. */
  readonly carriedEach: number;
  /** Longest sequence served, tokens. */
  readonly maxModelLength: number;
}

/** Where the requests of a range of lengths go. */
export interface MixRoute {
  readonly class: string;
  readonly input: readonly [from: number, to: number];
  /** Of all requests. */
  readonly share: number;
  /** Shares by part id, adding up to one. */
  readonly to: Readonly<Record<string, number>>;
}

/** The answer to a request. */
export interface GpuMixResult {
  /** `confirmed`: every part keeps the SLO at its share of the requests, by two long simulations with requests that it was not chosen by. */
  readonly status: 'confirmed' | 'unconfirmed' | 'infeasible';
  /** Micro-dollars per hour of whole nodes; Infinity where there is none. */
  readonly costPerHour: number;
  readonly parts: readonly MixPart[];
  /** Nodes by place. */
  readonly nodes: Readonly<Record<string, number>>;
  readonly routes: readonly MixRoute[];
  /** No choice of counts and shares costs less by the loads as measured and estimated, micro-dollars per hour. */
  readonly estimatedBound: number;
  /** Classes that nothing can serve. */
  readonly unserved: readonly string[];
  readonly units: number;
  readonly rounds: number;
  readonly simulations: number;
}

/**
 * The cheapest nodes, replicas and routing by length for one service: every accelerator on offer, every cut of the model inside a node, batch
 * limits, capacity types. Loads of single classes are measured first, the exact program over them chooses, and what it chooses is simulated with the
 * requests that are routed there; loads are corrected by what was seen, until nothing that costs less is left and all parts pass.
 * Equal requests give equal results.
 */
export async function planGpuMix(request: GpuMixRequest, options: GpuMixOptions): Promise<GpuMixResult> {
  const { workload, lengths, rate, burstiness = 1, spot } = request;
  const classes = classesOf(lengths, request.edges ?? { input: INPUT_EDGES });
  const meter = new StreamMeter(
    {
      workload: workload.workload.id,
      limits: workload.workload.slo.limits,
      seed: options.seed,
      coefficients: options.coefficients,
      rate,
      burstiness,
    },
    options.longest ?? LONGEST_RUN,
  );
  const types: readonly CapacityType[] = spot === undefined ? ['on-demand'] : ['on-demand', 'spot'];
  const places = mixPlaces(request.offerings, types);
  const known = options.known ?? new Map<string, Float64Array>();
  const measured = measureUnits(
    mixUnits(workload, classes, { places, coefficients: options.coefficients }),
    classes,
    { meter, rate, known },
  );
  const units = measured.map((item) => item.unit);
  const loads = measured.map((item) => item.loads);
  const search = new MixSearch({
    longest: options.longest ?? LONGEST_RUN,
    classes,
    units,
    loads,
    places,
    rate,
    meter,
    ...(spot === undefined ? {} : { spot }),
  });
  return resultOf(await search.run(), { classes, units, meter });
}

function resultOf(
  found: MixSearchResult,
  facts: {
    readonly classes: readonly RequestClass[];
    readonly units: readonly MixUnit[];
    readonly meter: StreamMeter;
  },
): GpuMixResult {
  const { classes, units, meter } = facts;
  return {
    status: found.mix === undefined ? 'infeasible' : found.isConfirmed ? 'confirmed' : 'unconfirmed',
    costPerHour: found.mix?.cost ?? Infinity,
    parts: found.parts,
    nodes: found.mix?.nodes ?? {},
    routes: classes.map((item, c) => ({
      class: item.id,
      input: item.input,
      share: item.share,
      to: found.routing[c] ?? {},
    })),
    estimatedBound: found.bound,
    unserved: found.unserved,
    units: units.length,
    rounds: found.rounds,
    simulations: meter.simulations,
  };
}
