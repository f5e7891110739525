import { PLAN_FORMAT_VERSION } from '../model/index.ts';
import type {
  ModelArchitecture,
  Offering,
  PlanDocument,
  PlanInputs,
  RequestColumns,
  ResolvedProblem,
  ProblemDocument,
} from '../model/index.ts';
import { sortedBy } from '../units/index.ts';
import { canonicalValue } from './canonical-json.ts';
import { columnsHash, contentHash } from './content-hash.ts';
import { readableDecision, writableDecision } from './unlimited-rates.ts';

/** Everything a plan is put together from; each part was made by the level that owns it. */
export type PlanParts = Omit<PlanDocument, 'formatVersion' | 'applicable'>;

/**
 * Puts a plan together. It is applicable when the decision is feasible and no mandatory rule is violated.
 * Lists are sorted and numbers rounded as in the file, so that a plan in memory equals the same plan read back;
 * nothing is computed that the parts do not already say.
 */
export function buildPlan(parts: PlanParts): PlanDocument {
  const plan: PlanDocument = {
    ...parts,
    formatVersion: PLAN_FORMAT_VERSION,
    applicable: parts.decision.status !== 'infeasible' && parts.policy.passes,
    offerings: sortedBy(parts.offerings, (offering) => offering.id),
    traffic: sortedBy(parts.traffic, (traffic) => traffic.workload),
    ...(parts.serviceTraffic === undefined
      ? {}
      : { serviceTraffic: sortedBy(parts.serviceTraffic, (traffic) => traffic.workload) }),
    decision: writableDecision(parts.decision),
    objects: sortedBy(parts.objects, (object) => object.path),
    assumptions: sortedBy(parts.assumptions, (item) => `${item.subject}\n${item.statement}`),
  };
  const written = canonicalValue(plan) as PlanDocument;
  return { ...written, decision: readableDecision(written.decision) };
}

/** What the inputs of a plan are hashed from. */
export interface HashedInputs {
  readonly document: ProblemDocument;
  readonly resolved: ResolvedProblem;
  readonly coefficients: unknown;
  readonly policies: unknown;
}

/** Hashes of all inputs; a change of any of them makes a plan stale. Only catalogue records in use are hashed. */
export function hashInputs(inputs: HashedInputs): PlanInputs['hashes'] {
  const { offerings, workloads, services } = inputs.resolved;
  return {
    problem: contentHash(inputs.document),
    catalog: contentHash({
      offerings: offerings.map(withoutPrice),
      models: workloads.map((item): ModelArchitecture => item.architecture),
    }),
    prices: contentHash(
      offerings.map(({ id, price, listPrice, priceProvenance, priceForecast }) => ({
        id,
        price,
        listPrice,
        priceProvenance,
        ...(priceForecast === undefined ? {} : { priceForecast }),
      })),
    ),
    coefficients: contentHash(inputs.coefficients),
    traffic: contentHash([
      ...workloads.map((item) => ({ profile: item.profile, trace: traceDigest(item.trace) })),
      ...services.map((item) => ({ service: item.workload.id, hourlyRate: item.hourlyRate })),
    ]),
    policies: contentHash(inputs.policies),
  };
}

function withoutPrice(offering: Offering): Partial<Offering> {
  const {
    price: _price,
    listPrice: _list,
    priceProvenance: _source,
    priceForecast: _forecast,
    ...facts
  } = offering;
  return facts;
}

function traceDigest(trace: RequestColumns | undefined): string | null {
  if (trace === undefined) return null;
  const { arrival, isl, osl, cachedTokens, prefixBlocks, priority } = trace;
  return columnsHash([
    arrival,
    isl,
    osl,
    cachedTokens,
    ...(prefixBlocks === undefined ? [] : [prefixBlocks.offsets, prefixBlocks.ids]),
    ...(priority === undefined ? [] : [priority]),
  ]);
}
