import { closestName, diagnostic, failure, success, suggestion } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { Offering } from '../../model/index.ts';
import type { AvailabilityTrace } from '../../spot/index.ts';

/** One assignment of a trace to a spot offering, as a user states it. */
export interface TraceMapping {
  /** Id of a trace, or its zone where that names one trace only. */
  readonly trace: string;
  /** Id of an offering, or `<pool>/<zone>`. */
  readonly offering: string;
}

/**
 * The trace of each spot offering: the one that is mapped to it, else the only one of its zone and instance type.
 * Errors: `spot-map-unknown` for names that nothing has or several have, `spot-trace-unmatched` for offerings without a trace;
 * all problems at once.
 */
export function matchTraces(
  offerings: readonly Offering[],
  traces: readonly AvailabilityTrace[],
  mappings: readonly TraceMapping[],
): Outcome<ReadonlyMap<string, AvailabilityTrace>> {
  const problems: Diagnostic[] = [];
  const matched = new Map<string, AvailabilityTrace>();
  for (const mapping of mappings) {
    const trace = namedTrace(mapping, traces);
    const offering = offerings.find((item) => isNamed(mapping, item));
    if (typeof trace === 'string') problems.push(unknownName(mapping, trace));
    else if (offering === undefined) problems.push(unknownOffering(mapping, offerings));
    else matched.set(offering.id, trace);
  }
  for (const offering of offerings) {
    if (matched.has(offering.id) || mappings.some((mapping) => isNamed(mapping, offering))) continue;
    const own = traces.filter((trace) => isOf(trace, offering));
    if (own.length === 1) matched.set(offering.id, own[0]!);
    else problems.push(unmatched(offering, own.length > 1 ? own : traces, own.length > 1));
  }
  return problems.length > 0 ? failure(...problems) : success(matched);
}

function isNamed(mapping: TraceMapping, { id, pool, zone }: Offering): boolean {
  return mapping.offering === id || mapping.offering === `${pool}/${zone}`;
}

/**
 * Every trace of each spot offering, one per campaign (the one observed with most nodes, then the first by id): those mapped to it, else those of its zone and
 * instance type. A mapping may name a zone with several traces of one type. Offerings without traces are left out.
 * Error: `spot-map-unknown` for names that nothing has or several have, all at once.
 */
export function allTracesOf(
  offerings: readonly Offering[],
  traces: readonly AvailabilityTrace[],
  mappings: readonly TraceMapping[],
): Outcome<ReadonlyMap<string, readonly AvailabilityTrace[]>> {
  const problems: Diagnostic[] = [];
  const mapped = new Map<string, readonly AvailabilityTrace[]>();
  for (const mapping of mappings) {
    const own = tracesNamed(mapping, traces);
    const named = offerings.filter((item) => isNamed(mapping, item));
    if (typeof own === 'string') problems.push(unknownName(mapping, own, 'spot.map'));
    else if (named.length === 0) problems.push(unknownOffering(mapping, offerings, 'spot.map'));
    else for (const { id } of named) mapped.set(id, [...(mapped.get(id) ?? []), ...own]);
  }
  if (problems.length > 0) return failure(...problems);
  const found = offerings.flatMap((offering): [string, readonly AvailabilityTrace[]][] => {
    const own = mapped.get(offering.id) ?? traces.filter((trace) => isOf(trace, offering));
    return own.length === 0 ? [] : [[offering.id, onePerCampaign(own)]];
  });
  return success(new Map(found));
}

/** The traces that a mapping names, all of one type, or what is wrong with the name. */
function tracesNamed(
  mapping: TraceMapping,
  traces: readonly AvailabilityTrace[],
): readonly AvailabilityTrace[] | string {
  const ofZone = traces.filter(({ zone }) => zone === mapping.trace);
  const isOneType = new Set(ofZone.map(({ instanceType }) => instanceType)).size === 1;
  if (isOneType) return ofZone;
  const one = namedTrace(mapping, traces);
  return typeof one === 'string' ? one : [one];
}

function onePerCampaign(traces: readonly AvailabilityTrace[]): readonly AvailabilityTrace[] {
  const best = new Map<string, AvailabilityTrace>();
  for (const trace of traces) {
    const key = trace.campaign ?? trace.id;
    const known = best.get(key);
    const isBetter =
      known === undefined ||
      trace.mostNodes > known.mostNodes ||
      (trace.mostNodes === known.mostNodes && trace.id < known.id);
    if (isBetter) best.set(key, trace);
  }
  return [...best.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Whether a trace tells of an offering: same zone, and same instance type or accelerators (`v100_8` is eight of v100). */
function isOf(trace: AvailabilityTrace, { zone, instanceType, accelerator }: Offering): boolean {
  if (trace.zone !== zone) return false;
  const names = [instanceType.name];
  const count = instanceType.accelerator?.count;
  if (accelerator !== undefined && count !== undefined)
    names.push(...[accelerator.name, ...accelerator.aliases].map((name) => `${name}_${count}`));
  return names.some((name) => name.toLowerCase() === trace.instanceType.toLowerCase());
}

/** The trace that a mapping names, or what is wrong with the name. */
function namedTrace(mapping: TraceMapping, traces: readonly AvailabilityTrace[]): AvailabilityTrace | string {
  const exact = traces.find(({ id }) => id === mapping.trace);
  if (exact !== undefined) return exact;
  const of = traces.filter(({ id, zone }) => zone === mapping.trace || id.endsWith(`/${mapping.trace}`));
  if (of.length === 1) return of[0]!;
  if (of.length > 1) return `Several traces are of ${mapping.trace}: ${listed(of)}. Name one by its id.`;
  const names = traces.flatMap(({ id, zone }) => [id, zone]);
  const closest = closestName(mapping.trace, names);
  return `${closest === undefined ? '' : `Did you mean ${closest}? `}The file holds ${listed(traces)}.`;
}

function unknownName(mapping: TraceMapping, fix: string, path = '--map'): Diagnostic {
  return diagnostic('spot-map-unknown', {
    summary: `${shownMapping(mapping, path)}: "${mapping.trace}" names no single trace.`,
    path,
    fix,
  });
}

function shownMapping({ trace, offering }: TraceMapping, path: string): string {
  return path === '--map' ? `--map ${trace}=${offering}` : `${path} ${trace}: ${offering}`;
}

function unknownOffering(mapping: TraceMapping, offerings: readonly Offering[], path = '--map'): Diagnostic {
  const subject = path === '--map' ? 'plan buys' : 'stack offers';
  const names = offerings.map(({ pool, zone }) => `${pool}/${zone}`);
  return diagnostic('spot-map-unknown', {
    summary: `${shownMapping(mapping, path)}: the ${subject} no spot capacity called "${mapping.offering}".`,
    path,
    fix: suggestion(mapping.offering, names, `Its spot capacity is ${names.slice(0, 12).join(', ')}.`),
  });
}

function unmatched(
  offering: Offering,
  traces: readonly AvailabilityTrace[],
  isAmbiguous: boolean,
): Diagnostic {
  const { pool, zone, instanceType } = offering;
  return diagnostic('spot-trace-unmatched', {
    summary: `${isAmbiguous ? 'Several traces tell' : 'No trace tells'} of ${instanceType.name} in ${zone}, where the plan holds spot nodes of ${pool}.`,
    path: offering.id,
    fix: `Map one to it, such as --map ${traces[0]?.id ?? 'TRACE'}=${pool}/${zone}; the file holds ${listed(traces)}.`,
  });
}

/** At most a dozen ids. */
function listed(traces: readonly AvailabilityTrace[]): string {
  const ids = traces.map(({ id }) => id);
  return ids.length <= 12 ? ids.join(', ') : `${ids.slice(0, 12).join(', ')} and ${ids.length - 12} more`;
}
