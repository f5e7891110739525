import { suggestion } from '../diagnostics/index.ts';
import type { DocumentSegments, Finding } from './parse-report.ts';
import type { Salvaged } from './parse-salvage.ts';
import type { ProblemDocument } from './problem-document.ts';
import type { ServiceCallDocument, ServiceDocument } from './service-document.ts';

type Service = Salvaged<ServiceDocument>;

/** A call with its place. */
interface PlacedCall {
  readonly from: string;
  readonly to: string;
  readonly group: number;
  readonly at: DocumentSegments;
  /** Place of the list that it stands in. */
  readonly list: string;
}

/** What is wrong with who calls whom: unknown services, calls stated twice, cycles, services that nobody calls. */
export function checkServiceCalls(document: Salvaged<ProblemDocument>): Finding[] {
  const services = document.services ?? [];
  const known = services.flatMap((service) => service?.id ?? []);
  const calls = services.flatMap((service, index) => callsOf(service, ['services', index]));
  return [
    ...calls.flatMap((call) => unknownService(call, known)),
    ...repeatedCalls(calls),
    ...cycles(known, calls),
    ...services.flatMap((service, index) => uncalled(service, calls, ['services', index])),
  ];
}

function callsOf(service: Service | undefined, at: DocumentSegments): PlacedCall[] {
  const lists: [readonly (Salvaged<ServiceCallDocument> | undefined)[] | undefined, DocumentSegments][] = [
    [service?.calls, [...at, 'calls']],
    ...(service?.requestClasses ?? []).map((item, index): [Service['calls'], DocumentSegments] => [
      item?.calls,
      [...at, 'requestClasses', index, 'calls'],
    ]),
  ];
  return lists.flatMap(([list, place]) =>
    (list ?? []).flatMap((call, index): PlacedCall[] =>
      call?.service === undefined
        ? []
        : [
            {
              from: service?.id ?? '',
              to: call.service,
              group: call.group ?? 0,
              at: [...place, index],
              list: place.join('.'),
            },
          ],
    ),
  );
}

function unknownService(call: PlacedCall, known: readonly string[]): Finding[] {
  if (known.includes(call.to)) return [];
  return [
    {
      code: 'model-unknown-reference',
      at: [...call.at, 'service'],
      summary: `There is no service "${call.to}".`,
      fix: suggestion(call.to, known, `Declare it, or call one of ${known.join(', ')}.`),
    },
  ];
}

function repeatedCalls(calls: readonly PlacedCall[]): Finding[] {
  const seen = new Set<string>();
  return calls.flatMap((call): Finding[] => {
    const key = `${call.list} ${call.to} ${call.group}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [
      {
        code: 'model-duplicate-id',
        at: call.at,
        summary: `The calls to "${call.to}" in group ${call.group} are stated twice.`,
        fix: 'Add up perRequest, or give them different groups.',
      },
    ];
  });
}

/** One finding for each cycle met, named from its first service in order of declaration. */
function cycles(services: readonly string[], calls: readonly PlacedCall[]): Finding[] {
  const outgoing = new Map<string, PlacedCall[]>();
  for (const call of calls) outgoing.set(call.from, [...(outgoing.get(call.from) ?? []), call]);
  const isDone = new Set<string>();
  const findings: Finding[] = [];
  const visit = (service: string, path: readonly string[]): void => {
    for (const call of outgoing.get(service) ?? []) {
      const start = path.indexOf(call.to);
      if (start >= 0) findings.push(cycle([...path.slice(start), call.to], call));
      else if (!isDone.has(call.to)) visit(call.to, [...path, call.to]);
    }
    isDone.add(service);
  };
  for (const service of services) if (!isDone.has(service)) visit(service, [service]);
  return findings;
}

function cycle(path: readonly string[], call: PlacedCall): Finding {
  return {
    code: 'model-conflicting-fields',
    at: [...call.at, 'service'],
    summary:
      path.length === 2
        ? `"${call.to}" calls itself.`
        : `Services call one another in a circle: ${path.join(' → ')}.`,
    detail: 'How often a request comes back would have to be known; calls must end somewhere.',
    fix: 'Remove one of these calls; where it is real, add its work to the performance of the service that makes it.',
  };
}

/** A service without requests keeps its fewest replicas; one of fixed size may well be called by others than services. */
function uncalled(
  service: Service | undefined,
  calls: readonly PlacedCall[],
  at: DocumentSegments,
): Finding[] {
  if (service?.id === undefined || Object.hasOwn(service, 'requestClasses')) return [];
  const { performance } = service;
  if (performance === undefined || Object.hasOwn(performance, 'fixed')) return [];
  if (calls.some((call) => call.to === service.id)) return [];
  return [
    {
      code: 'model-missing-field',
      severity: 'warning',
      at: [...at, 'requestClasses'],
      summary: `Nobody calls "${service.id}": it keeps its fewest replicas.`,
      fix: 'Add requestClasses, or name it in the calls of another service.',
    },
  ];
}
