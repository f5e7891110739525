import { hasErrors, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { diagnostic } from '../../diagnostics/index.ts';
import type { Interruption, Offering, Provenance } from '../../model/index.ts';
import { correlationGroups, traceStatistics } from '../../spot/index.ts';
import type { AvailabilityTrace } from '../../spot/index.ts';
import type { SpotRecords } from './load-spot-records.ts';
import { allTracesOf } from './match-traces.ts';
import { forecastPrices } from './recorded-prices.ts';

/** Names shown in a message. */
const SHOWN = 8;

/**
 * The offerings with what records tell of their spot capacity: measured outages, correlation groups joined where traces fall together, price
 * forecasts. Without records the offerings as they are.
 * Errors: `spot-map-unknown`. Warnings: `spot-trace-unused`, `spot-price-unused`. Note: `spot-offering-untraced`.
 */
export function withSpotRecords(
  offerings: readonly Offering[],
  records: SpotRecords | undefined,
): Outcome<readonly Offering[]> {
  if (records === undefined) return success(offerings);
  const spot = offerings.filter(({ capacityType }) => capacityType === 'spot');
  const matched = allTracesOf(spot, records.traces, records.mappings);
  if (!matched.ok) return matched;
  const tracesOf = matched.value;
  const groupOf = joinedGroups(spot, tracesOf);
  const forecasts = forecastPrices(spot, records.histories);
  const diagnostics = [...traceRemarks(spot, records.traces, tracesOf), ...forecasts.diagnostics];
  if (hasErrors(diagnostics)) return failure(...diagnostics);
  const known = offerings.map((offering): Offering => {
    const traces = tracesOf.get(offering.id);
    const priceForecast = forecasts.byOffering.get(offering.id);
    return offering.capacityType !== 'spot'
      ? offering
      : {
          ...offering,
          interruption:
            traces === undefined ? offering.interruption : measured(offering.interruption, traces),
          correlationGroup: groupOf.get(offering.correlationGroup) ?? offering.correlationGroup,
          ...(priceForecast === undefined ? {} : { priceForecast }),
        };
  });
  return success(known, diagnostics);
}

/** The traces of each spot offering; none without records, or where a mapping is wrong (`withSpotRecords` says so). */
export function recordedTraces(
  offerings: readonly Offering[],
  records: SpotRecords | undefined,
): ReadonlyMap<string, readonly AvailabilityTrace[]> {
  if (records === undefined) return new Map();
  const spot = offerings.filter(({ capacityType }) => capacityType === 'spot');
  const matched = allTracesOf(spot, records.traces, records.mappings);
  return matched.ok ? matched.value : new Map();
}

/** The interruption with the share of time without any node and the losses of all nodes, over all traces in proportion to their length. */
function measured(interruption: Interruption, traces: readonly AvailabilityTrace[]): Interruption {
  const statistics = traces.map((trace) => traceStatistics(trace));
  const hours = statistics.reduce((sum, item) => sum + item.hours, 0);
  const out = statistics.reduce((sum, item) => sum + item.hours * (1 - item.shareAvailable), 0);
  const losses = statistics.reduce(
    (sum, item) => sum + (item.interruptionsPerHour?.value ?? 0) * item.hours * item.shareAvailable,
    0,
  );
  return {
    ...interruption,
    outageShare: out / hours,
    outagesPerHour: losses / hours,
    outageProvenance: provenanceOf(traces),
  };
}

function provenanceOf(traces: readonly AvailabilityTrace[]): Provenance {
  const dates = traces.flatMap(({ provenance }) => provenance.date ?? []).sort();
  const date = dates.at(-1);
  const source = traces.map(({ id, provenance }) => `${id} of ${provenance.source}`).join(', ');
  return { evidence: 'measured', source, ...(date === undefined ? {} : { date }) };
}

/** New names of correlation groups whose traces fall together: the names joined, sorted. Groups that stay alone are left out. */
function joinedGroups(
  spot: readonly Offering[],
  tracesOf: ReadonlyMap<string, readonly AvailabilityTrace[]>,
): ReadonlyMap<string, string> {
  const groupsOfTrace = new Map<string, string[]>();
  const traces = new Map<string, AvailabilityTrace>();
  for (const { id, correlationGroup } of spot) {
    for (const trace of tracesOf.get(id) ?? []) {
      traces.set(trace.id, trace);
      groupsOfTrace.set(trace.id, [...(groupsOfTrace.get(trace.id) ?? []), correlationGroup]);
    }
  }
  const membersOf = new Map<string, Set<string>>();
  for (const together of correlationGroups([...traces.values()]).groups) {
    const joined = new Set<string>();
    for (const group of together.flatMap((id) => groupsOfTrace.get(id) ?? [])) {
      for (const member of membersOf.get(group) ?? [group]) joined.add(member);
    }
    for (const member of joined) membersOf.set(member, joined);
  }
  return new Map(
    [...membersOf].flatMap(([group, members]): [string, string][] =>
      members.size > 1 ? [[group, [...members].sort().join(' + ')]] : [],
    ),
  );
}

function traceRemarks(
  spot: readonly Offering[],
  traces: readonly AvailabilityTrace[],
  tracesOf: ReadonlyMap<string, readonly AvailabilityTrace[]>,
): readonly Diagnostic[] {
  if (traces.length === 0) return [];
  if (tracesOf.size === 0) {
    return [
      diagnostic('spot-trace-unused', {
        summary: `None of ${traces.length} availability traces tells of a spot offering of the stack.`,
        detail: `The traces are ${listed(traces.map(({ id }) => id))}; the spot offerings are ${listed(spot.map(({ id }) => id))}.`,
        path: 'spot.availability',
        fix: 'Map traces to offerings in spot.map, such as { "us-east-1a": "h100/us-east-1a" }.',
      }),
    ];
  }
  const bare = spot.filter(({ id }) => !tracesOf.has(id)).map(({ id }) => id);
  return bare.length === 0
    ? []
    : [
        diagnostic('spot-offering-untraced', {
          summary: `${bare.length} of ${spot.length} spot offerings have no availability trace: ${listed(bare)}.`,
          path: 'spot.availability',
          fix: 'Map traces to them in spot.map, or keep to their interruption bands.',
        }),
      ];
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  return names.length <= SHOWN
    ? names.join(', ')
    : `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`;
}
