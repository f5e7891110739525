import { suggestion } from '../diagnostics/index.ts';
import { tryRead } from './parse-quantities.ts';
import type { DocumentSegments, Finding } from './parse-report.ts';
import type { Salvaged } from './parse-salvage.ts';
import type { PoolDocument, ProblemDocument } from './problem-document.ts';
import type { CpuArchitecture } from './service.ts';
import type { ServiceDocument, TolerationDocument } from './service-document.ts';

type Document = Salvaged<ProblemDocument>;
type Service = Salvaged<ServiceDocument>;
type Pool = Salvaged<PoolDocument>;
type SchedulingDocument = NonNullable<Service['scheduling']>;

/** What contradicts itself in where a service may run: its own rules, and its rules against the pools it may use. */
export function checkServiceScheduling(
  document: Document,
  service: Service,
  place: DocumentSegments,
): Finding[] {
  const scheduling = service.scheduling ?? {};
  const at = [...place, 'scheduling'];
  return [
    ...unknownNeighbours(document, scheduling, at),
    ...apartFromItself(service, scheduling, at),
    ...otherArchitecture(scheduling, at),
    ...(scheduling.tolerations ?? []).flatMap((item, index) =>
      brokenToleration(item, [...at, 'tolerations', index]),
    ),
    ...againstPools(poolsOf(document, service), service, place),
  ];
}

function unknownNeighbours(
  document: Document,
  scheduling: SchedulingDocument,
  at: DocumentSegments,
): Finding[] {
  const known = (document.services ?? []).flatMap((item) => item?.id ?? []);
  return (scheduling.apartFrom ?? []).flatMap((id, index): Finding[] =>
    id === undefined || known.includes(id)
      ? []
      : [
          {
            code: 'model-unknown-reference',
            at: [...at, 'apartFrom', index],
            summary: `There is no service "${id}".`,
            fix: suggestion(id, known, `Services: ${known.join(', ')}.`),
          },
        ],
  );
}

function apartFromItself({ id }: Service, scheduling: SchedulingDocument, at: DocumentSegments): Finding[] {
  const { maxPerNode = 1, apartFrom = [] } = scheduling;
  if (id === undefined || !apartFrom.includes(id) || maxPerNode === 1) return [];
  return [
    {
      code: 'model-conflicting-fields',
      at: [...at, 'maxPerNode'],
      summary: `Replicas apart from each other leave one on a node, not ${maxPerNode}.`,
      fix: `Remove "${id}" from apartFrom, or maxPerNode.`,
    },
  ];
}

/** The default of the schema, for images and instance types alike. */
const ASSUMED_ARCHITECTURES: readonly CpuArchitecture[] = ['amd64'];
const ARCHITECTURE_LABEL = 'kubernetes.io/arch';

function otherArchitecture(scheduling: SchedulingDocument, at: DocumentSegments): Finding[] {
  const { architectures = ASSUMED_ARCHITECTURES, nodeSelector = {} } = scheduling;
  const wanted = nodeSelector[ARCHITECTURE_LABEL];
  if (wanted === undefined || architectures.some((name) => name === wanted)) return [];
  return [
    {
      code: 'model-conflicting-fields',
      at: [...at, 'nodeSelector', ARCHITECTURE_LABEL],
      summary: `Nodes must be ${wanted}, and the image is built for ${architectures.join(', ')}.`,
      fix: `Add "${wanted}" to architectures if the image runs there, or remove the label.`,
    },
  ];
}

function brokenToleration(
  toleration: Salvaged<TolerationDocument> | undefined,
  at: DocumentSegments,
): Finding[] {
  if (toleration === undefined) return [];
  const { key = '', operator = 'Equal', value = '' } = toleration;
  if (key === '' && operator === 'Equal' && !Object.hasOwn(toleration, 'key')) {
    return [
      {
        code: 'model-conflicting-fields',
        at,
        summary: 'A toleration without a key needs the operator Exists.',
        fix: 'Add the key of the taint, or operator: Exists to put up with every taint.',
      },
    ];
  }
  if (operator === 'Exists' && value !== '') {
    return [
      {
        code: 'model-conflicting-fields',
        at: [...at, 'value'],
        summary: 'The operator Exists takes no value.',
        fix: 'Remove the value, or write operator: Equal.',
      },
    ];
  }
  return [];
}

/** The pools that the service may use; undefined when one of them is unknown or broken. */
function poolsOf(document: Document, service: Service): readonly Pool[] | undefined {
  const all = document.pools ?? [];
  if (Object.hasOwn(service, 'pools') && service.pools === undefined) return undefined;
  const chosen =
    service.pools === undefined ? all : service.pools.map((id) => all.find((pool) => pool?.id === id));
  const whole = chosen.flatMap((pool) => pool ?? []);
  return whole.length === chosen.length && whole.length > 0 ? whole : undefined;
}

/** Rules that no pool of the service meets. */
function againstPools(
  pools: readonly Pool[] | undefined,
  service: Service,
  place: DocumentSegments,
): Finding[] {
  if (pools === undefined) return [];
  const scheduling = service.scheduling ?? {};
  const at = [...place, 'scheduling'];
  return [
    ...onlySpot(pools, service, place),
    ...missingLabels(pools, scheduling, at),
    ...untoleratedTaints(pools, scheduling, at),
    ...missingArchitecture(pools, scheduling, at),
  ];
}

function onlySpot(pools: readonly Pool[], service: Service, place: DocumentSegments): Finding[] {
  const isSpotOnly = pools.every(
    (pool) => pool.capacityTypes !== undefined && pool.capacityTypes.every((type) => type === 'spot'),
  );
  if (!isSpotOnly || tryRead('percent', service.maxSpotShare) !== 0) return [];
  return [
    {
      code: 'model-conflicting-fields',
      at: [...place, 'maxSpotShare'],
      summary: 'No replica may be on spot capacity, and its pools offer nothing else.',
      fix: 'Add on-demand to the capacityTypes of a pool, or raise maxSpotShare.',
    },
  ];
}

/** Labels that Kubernetes, its providers or Karpenter put on nodes, which pools need not state. */
const WELL_KNOWN = /^([a-z0-9.-]+\.)?(kubernetes\.io|k8s\.io|karpenter\.sh|k8s\.aws|gke\.io|azure\.com)\//;

function missingLabels(
  pools: readonly Pool[],
  scheduling: SchedulingDocument,
  at: DocumentSegments,
): Finding[] {
  return Object.entries(scheduling.nodeSelector ?? {}).flatMap(([key, value]): Finding[] => {
    if (value === undefined || WELL_KNOWN.test(key)) return [];
    if (pools.some((pool) => pool.labels?.[key] === value)) return [];
    return [
      {
        code: 'model-conflicting-fields',
        at: [...at, 'nodeSelector', key],
        summary: `No pool that it may use has the label ${key}: ${value}.`,
        detail: `Pools it may use: ${pools.map((pool) => pool.id ?? '?').join(', ')}.`,
        fix: 'Add the label to a pool, or remove it from nodeSelector.',
      },
    ];
  });
}

function untoleratedTaints(
  pools: readonly Pool[],
  scheduling: SchedulingDocument,
  at: DocumentSegments,
): Finding[] {
  const tolerations = scheduling.tolerations ?? [];
  const kept = pools.map((pool) =>
    (pool.taints ?? []).find(
      (taint) =>
        taint?.effect !== 'PreferNoSchedule' &&
        !tolerations.some((toleration) => tolerates(toleration, taint)),
    ),
  );
  const [first] = kept;
  if (first === undefined || kept.includes(undefined)) return [];
  return [
    {
      code: 'model-conflicting-fields',
      at: [...at, 'tolerations'],
      summary: 'Every pool that it may use has a taint that it does not tolerate.',
      detail: pools.map((pool, index) => `${pool.id ?? '?'}: ${kept[index]?.key ?? '?'}`).join('; '),
      fix: `Add a toleration, such as { key: "${first.key ?? ''}", operator: "Exists" }, or a pool without taints.`,
    },
  ];
}

type Taint = NonNullable<Pool['taints']>[number];

function tolerates(toleration: Salvaged<TolerationDocument> | undefined, taint: Taint): boolean {
  if (toleration === undefined || taint === undefined) return true; // broken ones are reported already
  const { key, operator = 'Equal', value = '', effect } = toleration;
  return (
    (key === undefined || key === taint.key) &&
    (effect === undefined || effect === taint.effect) &&
    (operator === 'Exists' || value === taint.value)
  );
}

/** Pools of one instance type show their architecture only in the catalogue. */
function missingArchitecture(
  pools: readonly Pool[],
  scheduling: SchedulingDocument,
  at: DocumentSegments,
): Finding[] {
  const wanted = scheduling.architectures ?? ASSUMED_ARCHITECTURES;
  const offered = pools.map((pool) =>
    pool.instanceTypes === undefined
      ? undefined
      : (pool.instanceTypes.architectures ?? ASSUMED_ARCHITECTURES),
  );
  if (offered.some((names) => names === undefined || names.some((name) => wanted.includes(name)))) return [];
  return [
    {
      code: 'model-conflicting-fields',
      at: [...at, 'architectures'],
      summary: `The image is built for ${wanted.join(', ')}, and its pools offer ${[...new Set(offered.flat())].join(', ')} only.`,
      fix: 'Add the architecture to instanceTypes.architectures of a pool, or build the image for another one.',
    },
  ];
}
