import { compareText } from '../units/index.ts';
import type { SynthesizedFile } from './files.ts';

/** Waves of applying, first to last: each holds what the next needs to exist. */
export const APPLY_WAVES = [
  'definitions',
  'namespaces',
  'priorities',
  'pools',
  'support',
  'workloads',
  'autoscalers',
] as const;

/** A wave of applying. */
export type ApplyWave = (typeof APPLY_WAVES)[number];

/** The wave of each kind; a kind that is not listed goes with the workloads' support. */
const WAVE_OF_KIND: Readonly<Record<string, ApplyWave>> = {
  CustomResourceDefinition: 'definitions',
  Namespace: 'namespaces',
  PriorityClass: 'priorities',
  ValidatingAdmissionPolicy: 'priorities',
  ValidatingAdmissionPolicyBinding: 'priorities',
  LimitRange: 'priorities',
  EC2NodeClass: 'pools',
  AKSNodeClass: 'pools',
  NodePool: 'pools',
  NodeOverlay: 'pools',
  ResourceFlavor: 'pools',
  ClusterQueue: 'pools',
  ConfigMap: 'support',
  ServiceAccount: 'support',
  Role: 'support',
  RoleBinding: 'support',
  Service: 'support',
  PodDisruptionBudget: 'support',
  NetworkPolicy: 'support',
  ResourceQuota: 'support',
  LocalQueue: 'support',
  InferencePool: 'support',
  HTTPRoute: 'support',
  Deployment: 'workloads',
  StatefulSet: 'workloads',
  LeaderWorkerSet: 'workloads',
  DisaggregatedSet: 'workloads',
  LLMInferenceService: 'workloads',
  DynamoGraphDeployment: 'workloads',
  HorizontalPodAutoscaler: 'autoscalers',
  ScaledObject: 'autoscalers',
};

/** Every kind that has a wave of its own: all that plans write, or may have written. */
export const APPLIED_KINDS: readonly string[] = Object.keys(WAVE_OF_KIND);

/** What the order of an object depends on. */
export type OrderedObject = Pick<SynthesizedFile, 'kind' | 'namespace' | 'name'>;

/** The wave in which objects of a kind are applied. */
export function applyWave(kind: string): ApplyWave {
  return (Object.hasOwn(WAVE_OF_KIND, kind) ? WAVE_OF_KIND[kind] : undefined) ?? 'support';
}

/** Orders objects by wave, kind, namespace and name: negative when `left` comes first. */
export function compareObjects(left: OrderedObject, right: OrderedObject): number {
  return (
    APPLY_WAVES.indexOf(applyWave(left.kind)) - APPLY_WAVES.indexOf(applyWave(right.kind)) ||
    compareText(left.kind, right.kind) ||
    compareText(left.namespace, right.namespace) ||
    compareText(left.name, right.name)
  );
}

/** Files that are applied together. */
export interface AppliedTogether {
  readonly wave: ApplyWave;
  readonly files: readonly SynthesizedFile[];
}

/**
 * The files by wave, first to last, each wave sorted by kind, namespace and name; waves without files are left out.
 * Deleting goes through them backward.
 */
export function orderForApply(files: readonly SynthesizedFile[]): readonly AppliedTogether[] {
  const sorted = [...files].sort(compareObjects);
  return APPLY_WAVES.map((wave) => ({
    wave,
    files: sorted.filter((file) => applyWave(file.kind) === wave),
  })).filter((together) => together.files.length > 0);
}
