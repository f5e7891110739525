import type { Outcome } from '../../diagnostics/index.ts';
import { success } from '../../diagnostics/index.ts';
import { parseMemory } from '../../units/index.ts';
import type { JsonObject, JsonValue, SynthesisSource } from '../files.ts';
import type { ObjectFacts } from '../kubernetes/api-object.ts';
import { POOL_LABEL } from '../kubernetes/labels.ts';
import { VANILLA } from '../kubernetes/profiles/vanilla.ts';

/** What the pods of a pool ask of its nodes beyond CPU and memory, read from the manifests of the plan. */
export interface PodNeeds {
  /** Value of the pool label that the pods select. */
  readonly pool: string;
  /** Bytes of local disk of one pod; zero where it asks for none. */
  readonly disk: number;
  /** Accelerators of one pod by resource name; empty where it asks for none. */
  readonly accelerators: Readonly<Record<string, number>>;
  /** Whether pods of one replica lie on several nodes and talk to each other all the time. */
  readonly spansNodes: boolean;
}

/**
 * What pods ask of their nodes, an entry per pod template that selects a pool. Read from the manifests themselves, so that nodes
 * and pods cannot disagree. Errors: those of writing the manifests; their warnings belong to the manifests and are left out.
 */
export function podNeeds(source: SynthesisSource): Outcome<readonly PodNeeds[]> {
  const objects = VANILLA.objects(source);
  return objects.ok ? success(objects.value.flatMap(needsOfObject)) : objects;
}

function needsOfObject(object: ObjectFacts): readonly PodNeeds[] {
  const spec = asObject(object['spec']);
  const group = asObject(spec?.['leaderWorkerTemplate']);
  const templates = [spec?.['template'], group?.['leaderTemplate'], group?.['workerTemplate']];
  return templates.flatMap((template) => {
    const pod = asObject(asObject(template)?.['spec']);
    return pod === undefined ? [] : needsOfPod(pod, group !== undefined);
  });
}

function needsOfPod(pod: JsonObject, spansNodes: boolean): readonly PodNeeds[] {
  const pool = asObject(pod['nodeSelector'])?.[POOL_LABEL];
  if (typeof pool !== 'string') return [];
  const containers = Array.isArray(pod['containers']) ? (pod['containers'] as readonly JsonValue[]) : [];
  const requests = containers.flatMap((container) =>
    Object.entries(asObject(asObject(asObject(container)?.['resources'])?.['requests']) ?? {}),
  );
  const sum = (name: string, of: (text: string) => number): number =>
    requests
      .filter(([key]) => key === name)
      .reduce((total, [, value]) => total + (typeof value === 'string' ? of(value) : 0), 0);
  const devices = requests.map(([name]) => name).filter((name) => name.includes('/'));
  return [
    {
      pool,
      disk: sum('ephemeral-storage', bytesOf),
      accelerators: Object.fromEntries(devices.map((name) => [name, sum(name, Number)])),
      spansNodes,
    },
  ];
}

function bytesOf(text: string): number {
  const parsed = parseMemory(text);
  return parsed.ok ? parsed.value : 0;
}

function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}
