import { formatDuration } from '../units/index.ts';
import { tryRead } from './parse-quantities.ts';
import type { QuantityName } from './parse-quantities.ts';
import type { DocumentSegments, Finding } from './parse-report.ts';
import type { Salvaged } from './parse-salvage.ts';
import type {
  AimsDocument,
  LimitsDocument,
  LlmServiceDocument,
  ProblemDocument,
} from './problem-document.ts';

/** What is wrong with the aims of a problem and its workloads beyond their shape. */
export function checkAims(document: Salvaged<ProblemDocument>): Finding[] {
  return [
    ...ownAims(document, []),
    ...(document.workloads ?? []).flatMap((workload, index) =>
      workload === undefined
        ? []
        : [
            ...ownAims(workload, ['workloads', index]),
            ...latencyAgainstSlo(document, workload, ['workloads', index]),
          ],
    ),
  ];
}

function ownAims(aims: Salvaged<AimsDocument>, at: DocumentSegments): Finding[] {
  return [...impossibleConfidence(aims, at), ...emptyLimits(aims.limits ?? {}, [...at, 'limits'])];
}

function impossibleConfidence(aims: Salvaged<AimsDocument>, at: DocumentSegments): Finding[] {
  const confidence = tryRead('percent', aims.confidence);
  if (confidence === undefined || isConfidence(confidence)) return [];
  return [
    {
      code: 'model-out-of-range',
      at: [...at, 'confidence'],
      summary:
        confidence >= 1
          ? 'No finite plan keeps its SLO with certainty.'
          : 'At a confidence of 50% or less predictions need no safety.',
      fix: 'State a share above 50% and below 100%, such as "90%".',
    },
  ];
}

/** Whether a share, 0..1, can be asked for as a confidence. */
export function isConfidence(share: number): boolean {
  return share > 0.5 && share < 1;
}

const LIMIT_QUANTITIES: Readonly<Record<keyof LimitsDocument, QuantityName>> = {
  costPerMillionTokens: 'tokenPrice',
  throughputPerAccelerator: 'tokenRate',
  latency: 'duration',
  energyPerOutputToken: 'tokenEnergy',
};

function emptyLimits(limits: Salvaged<LimitsDocument>, at: DocumentSegments): Finding[] {
  const names = Object.keys(LIMIT_QUANTITIES) as (keyof LimitsDocument)[];
  return names
    .filter((name) => tryRead(LIMIT_QUANTITIES[name], limits[name]) === 0)
    .map((name) => ({
      code: 'model-out-of-range',
      at: [...at, name],
      summary:
        name === 'throughputPerAccelerator'
          ? 'A throughput of zero limits nothing.'
          : 'A limit of zero forbids every plan.',
      fix: 'State an amount above zero.',
    }));
}

/** A limit on p99 latency says something only between the SLO's limits on the first and the last token. */
function latencyAgainstSlo(
  document: Salvaged<ProblemDocument>,
  workload: Salvaged<LlmServiceDocument>,
  place: DocumentSegments,
): Finding[] {
  const isOwn = workload.limits?.latency !== undefined;
  const latency = tryRead('duration', isOwn ? workload.limits?.latency : document.limits?.latency);
  if (latency === undefined || latency === 0) return [];
  const at = [...(isOwn ? place : []), 'limits', 'latency'];
  const first = tryRead('duration', workload.slo?.ttft?.p99);
  const last = tryRead('duration', workload.slo?.e2e?.p99);
  const workloadName = workload.id ?? 'the workload';
  if (first !== undefined && latency < first) {
    return [
      {
        code: 'model-slo-impossible',
        at,
        summary: `The limit of ${formatDuration(latency)} on p99 latency is below the ttft p99 limit of ${formatDuration(first)} of ${workloadName}.`,
        detail: 'The last token never comes before the first: the ttft limit would mean nothing.',
        fix: 'Raise the latency limit, or lower the ttft limit.',
      },
    ];
  }
  if (last === undefined || latency < last || !isOwn) return [];
  return [
    {
      code: 'model-conflicting-fields',
      severity: 'warning',
      at,
      summary: `The limit of ${formatDuration(latency)} on p99 latency says no more than the e2e p99 limit of ${formatDuration(last)}.`,
      fix: 'Lower it, or remove it.',
    },
  ];
}
