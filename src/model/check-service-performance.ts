import { formatBytes, formatNumber } from '../units/index.ts';
import { isCalendarDate, noSuchDay } from './check-dates.ts';
import { checkPercentiles } from './check-slo.ts';
import { QUANTITIES, tryRead } from './parse-quantities.ts';
import type { QuantityName } from './parse-quantities.ts';
import type { DocumentSegments, Finding } from './parse-report.ts';
import type { Salvaged } from './parse-salvage.ts';
import type {
  MeasuredServiceDocument,
  QueueingServiceDocument,
  ResourcesDocument,
  ServiceDocument,
} from './service-document.ts';

type Resources = Salvaged<ResourcesDocument>;

/** What is wrong with the sizes, measurements and queueing figures of a service beyond their shape. */
export function checkServicePerformance(
  { performance }: Salvaged<ServiceDocument>,
  place: DocumentSegments,
): Finding[] {
  const at = [...place, 'performance'];
  const { measured, queueing, fixed } = performance ?? {};
  return [
    ...checkResources(measured?.resources, [...at, 'measured', 'resources']),
    ...checkMeasured(measured, [...at, 'measured']),
    ...checkQueueing(queueing, [...at, 'queueing']),
    ...checkResources(fixed?.resources, [...at, 'fixed', 'resources']),
    ...zero('rate', fixed?.ratePerReplica, [...at, 'fixed', 'ratePerReplica']),
  ];
}

const RESOURCES = ['cpu', 'memory'] as const;

/** Requests of zero, and requests above their limits. */
function checkResources(resources: Resources | undefined, at: DocumentSegments): Finding[] {
  return RESOURCES.flatMap((name): Finding[] => {
    const request = tryRead(name, resources?.requests?.[name]);
    const limit = tryRead(name, resources?.limits?.[name]);
    const empty = [
      ...zero(name, resources?.requests?.[name], [...at, 'requests', name]),
      ...zero(name, resources?.limits?.[name], [...at, 'limits', name]),
    ];
    if (empty.length > 0 || request === undefined || limit === undefined || request <= limit) return empty;
    return [
      {
        code: 'model-conflicting-fields',
        at: [...at, 'requests', name],
        summary: `The ${name} request of ${amountOf(name, request)} is above its limit of ${amountOf(name, limit)}.`,
        detail: 'Kubernetes refuses such pods.',
        fix: 'Lower the request, or raise the limit.',
      },
    ];
  });
}

function amountOf(name: (typeof RESOURCES)[number], value: number): string {
  return name === 'cpu' ? `${formatNumber(value)}m` : formatBytes(value);
}

function zero(name: QuantityName, text: string | undefined, at: DocumentSegments): Finding[] {
  if (tryRead(name, text) !== 0) return [];
  return [
    {
      code: 'model-out-of-range',
      at,
      summary: `${name === 'cpu' ? 'CPU' : QUANTITIES[name].title} of zero is impossible here.`,
      fix: `State an amount above zero, such as "${QUANTITIES[name].example}".`,
    },
  ];
}

function checkMeasured(
  measured: Salvaged<MeasuredServiceDocument> | undefined,
  at: DocumentSegments,
): Finding[] {
  const day = measured?.date;
  return [
    ...(day === undefined || isCalendarDate(day) ? [] : [noSuchDay(day, [...at, 'date'])]),
    ...(measured?.rows ?? []).flatMap((row, index): Finding[] => {
      const place = [...at, 'rows', index];
      const isLost = row === undefined || (Object.hasOwn(row, 'latency') && row.latency === undefined);
      const findings = [
        ...descent(measured?.rows ?? [], index, place),
        ...checkPercentiles(row?.latency ?? {}, 'response time', [...place, 'latency']),
      ];
      if (!isLost && Object.keys(row.latency ?? {}).length === 0 && Object.hasOwn(row, 'latency')) {
        findings.push({
          code: 'model-missing-field',
          at: [...place, 'latency'],
          summary: 'The row states no response time.',
          fix: 'State at least one percentile, such as p99: "80ms".',
        });
      }
      return findings;
    }),
  ];
}

/** A rate that is not above the one before it. */
function descent(
  rows: NonNullable<Salvaged<MeasuredServiceDocument>['rows']>,
  index: number,
  at: DocumentSegments,
): Finding[] {
  const rate = tryRead('rate', rows[index]?.rate);
  const before = tryRead('rate', rows[index - 1]?.rate);
  if (rate === undefined || before === undefined || rate > before) return [];
  return [
    {
      code: 'model-out-of-range',
      at: [...at, 'rate'],
      summary: `Rows ascend by rate, but ${formatNumber(rate)}/s follows ${formatNumber(before)}/s.`,
      fix: 'Sort the rows, and keep one row for each rate.',
    },
  ];
}

function checkQueueing(
  queueing: Salvaged<QueueingServiceDocument> | undefined,
  at: DocumentSegments,
): Finding[] {
  const sizes = queueing?.sizes ?? [];
  return [
    ...zero('duration', queueing?.cpuTime, [...at, 'cpuTime']),
    ...sizes.flatMap((size, index) => checkResources(size, [...at, 'sizes', index])),
    ...repeatedSizes(sizes, [...at, 'sizes']),
    ...sizes.flatMap((size, index) => tooSmall(queueing?.baseMemory, size, [...at, 'sizes', index])),
  ];
}

/** Sizes are told apart by their requests. */
function repeatedSizes(sizes: readonly (Resources | undefined)[], at: DocumentSegments): Finding[] {
  const seen = new Set<string>();
  return sizes.flatMap((size, index): Finding[] => {
    const [cpu, memory] = RESOURCES.map((name) => tryRead(name, size?.requests?.[name]));
    if (cpu === undefined || memory === undefined) return [];
    const key = `${cpu} ${memory}`;
    const isRepeated = seen.has(key);
    seen.add(key);
    return isRepeated
      ? [
          {
            code: 'model-duplicate-id',
            at: [...at, index],
            summary: `Another size has the requests ${amountOf('cpu', cpu)} and ${amountOf('memory', memory)} too.`,
            fix: 'Remove one of them, or change its requests.',
          },
        ]
      : [];
  });
}

/** An idle replica must fit the memory of its pod: the limit, or the request where there is none. */
function tooSmall(
  baseMemory: string | undefined,
  size: Resources | undefined,
  at: DocumentSegments,
): Finding[] {
  const base = tryRead('memory', baseMemory);
  const name = size?.limits?.memory === undefined ? 'requests' : 'limits';
  const room = tryRead('memory', size?.[name]?.memory);
  if (base === undefined || room === undefined || base <= room || room === 0) return [];
  return [
    {
      code: 'model-conflicting-fields',
      at: [...at, name, 'memory'],
      summary: `An idle replica takes ${formatBytes(base)}, more than the ${formatBytes(room)} of this size.`,
      fix: 'Raise the memory of this size, or remove it.',
    },
  ];
}
