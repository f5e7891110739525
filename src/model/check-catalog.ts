import { isCalendarDate, noSuchDay } from './check-dates.ts';
import { DEFAULT_RESOURCES } from './parse-catalog.ts';
import { QUANTITIES, tryRead } from './parse-quantities.ts';
import type { QuantityName } from './parse-quantities.ts';
import type { DocumentSegments, Finding } from './parse-report.ts';
import type { Salvaged } from './parse-salvage.ts';
import type {
  AcceleratorDocument,
  CatalogDocument,
  InterruptionDocument,
  ModelDocument,
} from './problem-document.ts';

/** What is wrong with catalogue records beyond their shape. */
export function checkCatalog(
  catalog: Salvaged<CatalogDocument> | undefined,
  at: DocumentSegments,
): Finding[] {
  if (catalog === undefined) return [];
  return [
    ...repeatedNames(catalog.accelerators, 'accelerator', [...at, 'accelerators']),
    ...repeatedNames(catalog.models, 'model', [...at, 'models']),
    ...(catalog.accelerators ?? []).flatMap((item, i) => checkAccelerator(item, [...at, 'accelerators', i])),
    ...(catalog.instanceTypes ?? []).flatMap((item, i) =>
      zeros('size', item?.memory, [...at, 'instanceTypes', i, 'memory']),
    ),
    ...(catalog.models ?? []).flatMap((item, i) => checkModel(item, [...at, 'models', i])),
    ...(catalog.prices ?? []).flatMap((item, i) => checkDate(item?.date, [...at, 'prices', i, 'date'])),
    ...(catalog.interruptions ?? []).flatMap((item, i) =>
      checkInterruption(item, [...at, 'interruptions', i]),
    ),
  ];
}

function checkInterruption(
  item: Salvaged<InterruptionDocument> | undefined,
  at: DocumentSegments,
): Finding[] {
  const low = tryRead('percent', item?.monthlyLow);
  const high = tryRead('percent', item?.monthlyHigh);
  return [
    ...checkDate(item?.date, [...at, 'date']),
    ...(low !== undefined && high !== undefined && low > high
      ? [invalid([...at, 'monthlyLow'], 'The low end of the band is above its high end.', 'Swap the two.')]
      : []),
  ];
}

function checkDate(day: string | undefined, at: DocumentSegments): Finding[] {
  return day === undefined || isCalendarDate(day) ? [] : [noSuchDay(day, at)];
}

function invalid(at: DocumentSegments, summary: string, fix?: string): Finding {
  return { code: 'catalog-invalid-record', at, summary, ...(fix === undefined ? {} : { fix }) };
}

type Named =
  | { readonly name?: string | undefined; readonly aliases?: readonly (string | undefined)[] | undefined }
  | undefined;

function repeatedNames(items: readonly Named[] | undefined, noun: string, at: DocumentSegments): Finding[] {
  const seen = new Set<string>();
  return (items ?? []).flatMap((item, index) => {
    const names = [item?.name, ...(item?.aliases ?? [])].flatMap((name) => name?.toLowerCase() ?? []);
    const repeated = names.find((name) => seen.has(name));
    for (const name of names) seen.add(name);
    return repeated === undefined
      ? []
      : [
          invalid(
            [...at, index],
            `Another ${noun} of this catalogue is called "${repeated}" too.`,
            'Rename one of them.',
          ),
        ];
  });
}

function zeros(name: QuantityName, value: string | undefined, at: DocumentSegments): Finding[] {
  return tryRead(name, value) === 0
    ? [invalid(at, `A ${QUANTITIES[name].title.toLowerCase()} of zero is impossible here.`)]
    : [];
}

function checkAccelerator(item: Salvaged<AcceleratorDocument> | undefined, at: DocumentSegments): Finding[] {
  if (item === undefined) return [];
  const vendor = item.vendor?.toLowerCase();
  const findings = [
    ...zeros('size', item.memory, [...at, 'memory']),
    ...zeros('bandwidth', item.memoryBandwidth, [...at, 'memoryBandwidth']),
    ...zeros('bandwidth', item.link?.bandwidth, [...at, 'link', 'bandwidth']),
  ];
  if (item.teraflops !== undefined && Object.keys(item.teraflops).length === 0) {
    findings.push(
      invalid(
        [...at, 'teraflops'],
        'The accelerator has no peak for any arithmetic.',
        'State at least bf16.',
      ),
    );
  }
  if (
    vendor !== undefined &&
    !Object.hasOwn(item, 'resourceName') &&
    DEFAULT_RESOURCES[vendor] === undefined
  ) {
    findings.push(
      invalid(
        [...at, 'resourceName'],
        `The Kubernetes resource of accelerators by "${item.vendor}" is not known.`,
        'Add resourceName, such as "nvidia.com/gpu".',
      ),
    );
  }
  return findings;
}

function checkModel(model: Salvaged<ModelDocument> | undefined, at: DocumentSegments): Finding[] {
  if (model === undefined) return [];
  const { heads = 1, kvHeads = 1, hidden = heads, layers = Infinity } = model;
  const windowLayers = model.windowLayers ?? 0;
  const moeLayers = model.moe?.layers ?? (model.moe === undefined ? 0 : layers);
  const findings: Finding[] = [];
  const claim = (holds: boolean, field: string, summary: string, fix: string) => {
    if (!holds) findings.push(invalid([...at, field], summary, fix));
  };
  claim(
    heads % kvHeads === 0,
    'kvHeads',
    `${heads} heads cannot be shared by ${kvHeads} key-value heads.`,
    'heads is a multiple of kvHeads.',
  );
  claim(
    model.headDim !== undefined || hidden % heads === 0,
    'headDim',
    `A hidden width of ${hidden} does not divide into ${heads} heads.`,
    'Add headDim.',
  );
  claim(
    windowLayers <= layers,
    'windowLayers',
    `${windowLayers} window layers are more than the ${layers} layers.`,
    'windowLayers counts some of the layers.',
  );
  claim(
    windowLayers === 0 || (model.windowTokens ?? 0) > 0,
    'windowTokens',
    'The model has window layers but no window.',
    'Add windowTokens.',
  );
  claim(
    moeLayers <= layers,
    'moe',
    `${moeLayers} layers with experts are more than the ${layers} layers.`,
    'moe.layers counts some of the layers.',
  );
  claim(
    (model.moe?.topK ?? 0) <= (model.moe?.experts ?? Infinity),
    'moe',
    'More experts are chosen per token than exist.',
    'topK is at most experts.',
  );
  claim(
    moeLayers >= layers || layers === Infinity || model.intermediate !== 0,
    'intermediate',
    'The dense layers have no feed-forward width.',
    'Add intermediate.',
  );
  return findings;
}
