import { diagnostic, failure, success } from '../../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../../diagnostics/index.ts';
import type { JsonObject } from '../../files.ts';
import type { ObjectFacts } from '../api-object.ts';
import { httpRoute } from '../endpoint-picker/http-route.ts';
import { endpointPicker } from '../endpoint-picker/picker-objects.ts';
import { PICKER_REPLICAS, PICKER_REQUESTS } from '../endpoint-picker/picker-pod.ts';
import { pickerPolicies } from '../endpoint-picker/picker-policies.ts';
import { enginePort, routingSidecars, whyNoSidecar } from '../endpoint-picker/routing-sidecar.ts';
import { engineConfigMap } from '../kinds/config-map.ts';
import { deployment } from '../kinds/deployment.ts';
import { disaggregatedSet, whyNotOneSet } from '../kinds/disaggregated-set.ts';
import { disruptionBudget } from '../kinds/disruption-budget.ts';
import { leaderWorkerSet } from '../kinds/leader-worker-set.ts';
import type { PodComponent } from '../kinds/pod-labels.ts';
import { podTemplate } from '../kinds/pod-template.ts';
import { scaledObject } from '../kinds/scaled-object.ts';
import { serviceAccount } from '../kinds/service-account.ts';
import { labelValue } from '../names.ts';
import { isGroup } from '../pod-set.ts';
import type { PodSet } from '../pod-set.ts';
import type { ServedWorkload } from '../served-workload.ts';
import { frontDemand } from '../tenancy/demands.ts';
import { enginePods } from '../tenancy/model-policies.ts';
import { planObjects } from './plan-objects.ts';
import type { TargetProfile } from './target-profile.ts';

/** Label by which the endpoint picker knows whose metrics a pod has (llm-d router 0.10). */
const ENGINE_LABEL = 'llm-d.ai/engine-type';
/** Our names of engines in the words of that label, where they differ. */
const ENGINE_TYPES: Readonly<Record<string, string>> = { 'tensorrt-llm': 'trtllm-serve' };

/** The pods of `vanilla` behind the endpoint picker of llm-d, found by an InferencePool. */
export const LLM_D: TargetProfile = {
  name: 'llm-d',
  description: 'vanilla pods behind an InferencePool and the endpoint picker of llm-d',
  needs: [
    'everything of vanilla except its routers',
    'Gateway API 1.4 and an InferencePool v1 (Gateway API Inference Extension 1.4), with a gateway that supports both',
    'a Gateway "llm-d-inference-gateway" in the namespace of each model',
    'LeaderWorkerSet 0.9 with DisaggregatedSet, where prefill and decode are apart and replicas are constant',
    'Kubernetes 1.29 or later for sidecars',
  ],
  objects: (source) =>
    planObjects(source, {
      podSets: { portOf: enginePort },
      objects: modelObjects,
      policies: (served, tenancy) => pickerPolicies(served, tenancy, enginePods(served.workload.id)),
      frontDemands: (served) => [
        frontDemand(served, { requests: PICKER_REQUESTS, peak: PICKER_REPLICAS, rollout: 0 }),
      ],
    }),
};

function modelObjects(served: ServedWorkload): Outcome<readonly ObjectFacts[]> {
  const { stack, workload, podSets, router } = served;
  const refused = podSets.flatMap((podSet) => whyNoSidecar(podSet) ?? []);
  if (refused.length > 0) {
    return failure(...[...new Set(refused)].map((reason) => cannotJoin(served, reason)));
  }
  const apart = router === undefined ? 'whole' : whyNotOneSet(served);
  return success(
    [
      serviceAccount(stack, workload),
      ...endpointPicker(served),
      httpRoute(served),
      ...(apart === undefined ? [disaggregatedSet(served, podOf)] : podSets.map(ownSet)),
      ...podSets.flatMap((podSet) => [
        disruptionBudget(podSet),
        ...engineConfigMap(podSet),
        ...scaledObject(podSet),
      ]),
    ],
    router !== undefined && apart !== undefined ? [separateSets(served, apart)] : [],
  );
}

function ownSet(podSet: PodSet): ObjectFacts {
  return isGroup(podSet) ? leaderWorkerSet(podSet, podOf) : deployment(podSet, podOf);
}

/** The pod of `vanilla` with the label that the picker reads and, for decode, the sidecar before its engine. */
function podOf(podSet: PodSet, component: PodComponent): JsonObject {
  const { metadata, spec } = podTemplate(podSet, component) as Readonly<
    Record<'metadata' | 'spec', JsonObject>
  >;
  const { engine } = podSet.allocation.candidate;
  const sidecars = component === 'server' ? routingSidecars(podSet) : [];
  return {
    metadata: {
      ...metadata,
      labels: {
        ...(metadata['labels'] as JsonObject),
        [ENGINE_LABEL]: labelValue(ENGINE_TYPES[engine] ?? engine),
      },
    },
    spec: { ...spec, ...(sidecars.length === 0 ? {} : { initContainers: sidecars }) },
  };
}

function cannotJoin({ workload }: ServedWorkload, reason: string): Diagnostic {
  return diagnostic('synth-unsupported', {
    summary: `Prefill and decode of ${workload.id} cannot be deployed apart by llm-d: ${reason}.`,
    path: `problem.workloads[${workload.id}]`,
    fix: 'Plan with aggregated replicas, or with vllm or sglang.',
  });
}

function separateSets({ workload }: ServedWorkload, reason: string): Diagnostic {
  return diagnostic('synth-unsupported', {
    severity: 'note',
    summary: `Prefill and decode of ${workload.id} are separate sets and not one DisaggregatedSet: ${reason}.`,
    detail: 'The roles of a DisaggregatedSet cannot be scaled one by one (LeaderWorkerSet 0.9).',
    path: `problem.workloads[${workload.id}]`,
    fix: 'Nothing to do: they are scaled and rolled out each on its own.',
  });
}
