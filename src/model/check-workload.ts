import { unknownPools } from './check-service.ts';
import { checkSlo } from './check-slo.ts';
import { tryRead } from './parse-quantities.ts';
import type { DocumentSegments, Finding } from './parse-report.ts';
import type { Salvaged } from './parse-salvage.ts';
import type { LlmServiceDocument, ProblemDocument, TrafficDocument } from './problem-document.ts';

type Document = Salvaged<ProblemDocument>;
type Service = Salvaged<LlmServiceDocument>;

/** What is wrong with the workloads beyond their shape: references, SLOs, traffic, lengths. */
export function checkWorkloads(document: Document): Finding[] {
  return (document.workloads ?? []).flatMap((workload, index) => {
    if (workload === undefined) return [];
    const at = ['workloads', index];
    return [
      ...unknownPools(document, workload.pools, at),
      ...checkSlo(workload.slo, [...at, 'slo']),
      ...checkTraffic(workload.traffic, [...at, 'traffic']),
      ...tooLongRequests(workload, at),
      ...unusedCheckpoints(workload, at),
    ];
  });
}

/** What is wrong with traffic beyond its shape. */
export function checkTraffic(
  traffic: Salvaged<TrafficDocument> | undefined,
  at: DocumentSegments,
): Finding[] {
  if (traffic === undefined) return [];
  return [...missingRate(traffic, at), ...unorderedQuantiles(traffic, at), ...needlessColumns(traffic, at)];
}

/** Formats of plain files, whose columns a user may name. */
const PLAIN_FORMATS: readonly string[] = ['auto', 'csv', 'jsonl'];

function needlessColumns(traffic: Salvaged<TrafficDocument>, at: DocumentSegments): Finding[] {
  const { format = 'auto', columns } = traffic.trace ?? {};
  if (columns === undefined || PLAIN_FORMATS.includes(format)) return [];
  return [
    {
      code: 'model-conflicting-fields',
      at: [...at, 'trace', 'columns'],
      summary: `The layout ${format} has columns of its own.`,
      fix: 'Remove columns, or set format to csv or jsonl.',
    },
  ];
}

function missingRate(traffic: Salvaged<TrafficDocument>, at: DocumentSegments): Finding[] {
  const meanRate = tryRead('rate', traffic.meanRate);
  const findings: Finding[] = [];
  if (meanRate === 0) {
    findings.push({
      code: 'model-out-of-range',
      at: [...at, 'meanRate'],
      summary: 'A mean rate of zero is no traffic.',
      fix: 'State a rate above zero, or leave it out.',
    });
  }
  const generate = traffic.generate;
  if (generate === undefined) return findings;
  const hours = Object.hasOwn(generate, 'hourlyRate');
  if (!hours && !Object.hasOwn(traffic, 'meanRate')) {
    findings.push({
      code: 'model-missing-field',
      at: [...at, 'meanRate'],
      summary: 'Generated traffic needs a rate.',
      fix: 'Add meanRate, such as "12/s", or generate.hourlyRate with 168 rates.',
    });
  }
  if (generate.hourlyRate?.length === 168 && generate.hourlyRate.every((rate) => rate === 0)) {
    findings.push({
      code: 'model-out-of-range',
      at: [...at, 'generate', 'hourlyRate'],
      summary: 'All hourly rates are zero.',
      fix: 'State at least one rate above zero.',
    });
  }
  return findings;
}

function unorderedQuantiles(traffic: Salvaged<TrafficDocument>, at: DocumentSegments): Finding[] {
  const lengths = traffic.generate?.lengths;
  if (lengths === undefined || !('inputQuantiles' in lengths)) return [];
  const place = [...at, 'generate', 'lengths'];
  const lists: [readonly (number | undefined)[] | undefined, DocumentSegments][] = [
    [lengths.inputQuantiles, [...place, 'inputQuantiles']],
    ...(lengths.outputQuantiles ?? []).map((list, index): [typeof list, DocumentSegments] => [
      list,
      [...place, 'outputQuantiles', index],
    ]),
  ];
  return lists.flatMap(([list, where]): Finding[] => {
    const index = firstDescent(list ?? []);
    if (index === undefined) return [];
    return [
      {
        code: 'model-out-of-range',
        at: [...where, index],
        summary: `Quantiles ascend, but ${list?.[index]} follows ${list?.[index - 1]}.`,
        fix: 'Sort the quantiles.',
      },
    ];
  });
}

/** Index of the first entry below the one before it. */
function firstDescent(values: readonly (number | undefined)[]): number | undefined {
  for (let i = 1; i < values.length; i++) {
    const before = values[i - 1];
    const value = values[i];
    if (before !== undefined && value !== undefined && value < before) return i;
  }
  return undefined;
}

function tooLongRequests(workload: Service, at: DocumentSegments): Finding[] {
  const lengths = workload.traffic?.generate?.lengths;
  const longest = workload.maxModelLength;
  if (lengths === undefined || longest === undefined || !('isl' in lengths)) return [];
  const total = (lengths.isl ?? 0) + (lengths.osl ?? 0);
  if (total <= longest) return [];
  return [
    {
      code: 'model-out-of-range',
      at: [...at, 'maxModelLength'],
      summary: `Requests of ${total} tokens do not fit a maxModelLength of ${longest}.`,
      fix: `Raise maxModelLength to ${total} at least, or shorten the requests.`,
    },
  ];
}

function unusedCheckpoints(workload: Service, at: DocumentSegments): Finding[] {
  const allowed: readonly (string | undefined)[] = workload.precisions ?? ['bf16'];
  return Object.keys(workload.checkpoints ?? {})
    .filter((precision) => !allowed.includes(precision))
    .map((precision) => ({
      code: 'model-unknown-reference',
      severity: 'warning',
      at: [...at, 'checkpoints', precision],
      summary: `The ${precision} checkpoint is never used: precisions does not list ${precision}.`,
      fix: `Add "${precision}" to precisions, or remove the checkpoint.`,
    }));
}
