import { diagnostic, failure, success } from '../../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../../diagnostics/index.ts';
import { compareText } from '../../../units/index.ts';
import type { ObjectFacts } from '../api-object.ts';
import { inferencePoolName } from '../endpoint-picker/picker-names.ts';
import { endpointPicker } from '../endpoint-picker/picker-objects.ts';
import { PICKER_REPLICAS, PICKER_REQUESTS } from '../endpoint-picker/picker-pod.ts';
import { pickerPolicies } from '../endpoint-picker/picker-policies.ts';
import { enginePort, whyNoSidecar } from '../endpoint-picker/routing-sidecar.ts';
import { engineConfigMap } from '../kinds/config-map.ts';
import { disruptionBudget } from '../kinds/disruption-budget.ts';
import {
  KSERVE_ANSWERING,
  KSERVE_PODS,
  kserveTarget,
  llmInferenceService,
} from '../kinds/llm-inference-service.ts';
import type { InferenceServiceFacts } from '../kinds/llm-inference-service.ts';
import { scaledObject } from '../kinds/scaled-object.ts';
import { serviceAccount } from '../kinds/service-account.ts';
import { serviceName } from '../kinds/service.ts';
import { WORKLOAD_LABEL } from '../labels.ts';
import { labelValue } from '../names.ts';
import { isGroup } from '../pod-set.ts';
import type { PodSet } from '../pod-set.ts';
import type { ServedWorkload } from '../served-workload.ts';
import { frontDemand } from '../tenancy/demands.ts';
import { planObjects } from './plan-objects.ts';
import type { TargetProfile } from './target-profile.ts';

/**
 * LLMInferenceServices of KServe. It knows one decode and one prefill workload per service, and a plan may have several pod sets
 * of each: the first ones make the service that has the route, each other one a service of its own; one InferencePool holds
 * the pods of all.
 */
export const KSERVE: TargetProfile = {
  name: 'kserve',
  description: 'LLMInferenceServices of KServe behind one InferencePool per model',
  needs: [
    'everything of vanilla except its routers',
    'KServe 0.17 (LLMInferenceService v1alpha2) with its well-known configurations and its gateway',
    'Gateway API Inference Extension 1.4 (InferencePool v1)',
    'Kubernetes 1.29 or later for sidecars',
  ],
  objects: (source) =>
    planObjects(source, {
      podSets: { portOf: enginePort, answering: KSERVE_ANSWERING },
      objects: modelObjects,
      policies: (served, tenancy) =>
        pickerPolicies(served, tenancy, {
          matchLabels: { [WORKLOAD_LABEL]: labelValue(served.workload.id), ...KSERVE_PODS },
        }),
      frontDemands: (served) => [
        frontDemand(served, { requests: PICKER_REQUESTS, peak: PICKER_REPLICAS, rollout: 0 }),
      ],
      // KServe adds IPC_LOCK, SYS_RAWIO and NET_RAW to replicas over several nodes (0.17, data-parallel configurations).
      needsPrivileges: ({ podSets }) => podSets.some(isGroup),
    }),
};

function modelObjects(served: ServedWorkload): Outcome<readonly ObjectFacts[]> {
  const { stack, workload, podSets } = served;
  const refused = podSets.flatMap((podSet) => whyNoSidecar(podSet) ?? []);
  if (refused.length > 0) {
    return failure(...[...new Set(refused)].map((reason) => cannotJoin(served, reason)));
  }
  const services = inferenceServices(served);
  const objects = services.map(llmInferenceService);
  const templates = objects.flatMap((object) => (JSON.stringify(object).includes('{{') ? [object] : []));
  if (templates.length > 0) {
    return failure(...templates.map(({ metadata }) => readsAsTemplate(served, metadata.name)));
  }
  return success(
    [
      serviceAccount(stack, workload),
      ...endpointPicker(served),
      ...objects,
      ...services.flatMap(({ name, main, prefill }) => [
        ...scaledObject(main, kserveTarget(name, main, false)),
        ...(prefill === undefined ? [] : scaledObject(prefill, kserveTarget(name, prefill, true))),
      ]),
      ...podSets.flatMap((podSet) => [disruptionBudget(podSet), ...engineConfigMap(podSet)]),
    ],
    podSets.every(isGroup) ? [] : [ownRollouts(served)],
  );
}

/** The services of a workload; the first has the route and, where the roles are apart, one pod set of each. */
function inferenceServices({ workload, podSets }: ServedWorkload): readonly InferenceServiceFacts[] {
  const ordered = [...podSets].sort(baseFirst);
  const prefill = ordered.find(({ allocation }) => allocation.candidate.role === 'prefill');
  const main = ordered.find((podSet) => podSet.allocation.candidate.role !== 'prefill');
  if (main === undefined) throw new Error(`no pods of ${workload.id} answer`);
  return [
    {
      name: serviceName(workload.id),
      main,
      ...(prefill === undefined ? {} : { prefill }),
      pool: inferencePoolName(workload.id),
    },
    ...podSets
      .filter((podSet) => podSet !== main && podSet !== prefill)
      .map((podSet) => ({ name: podSet.name, main: podSet })),
  ];
}

function baseFirst(left: PodSet, right: PodSet): number {
  return compareText(left.allocation.tier, right.allocation.tier) || compareText(left.name, right.name);
}

/** KServe reads its objects as Go templates, so that braces in a user's text would be executed (0.17, `ReplaceVariables`). */
function readsAsTemplate({ workload }: ServedWorkload, name: string): Diagnostic {
  return diagnostic('synth-unsupported', {
    summary: `LLMInferenceService ${name} would hold "{{", which KServe takes for the start of a template.`,
    path: `problem.workloads[${workload.id}]`,
    fix: 'Take the braces out of the names of model, checkpoints and team, or choose another target profile.',
  });
}

/** A service of KServe cannot say how its pods are replaced. */
function ownRollouts({ workload }: ServedWorkload): Diagnostic {
  return diagnostic('synth-unsupported', {
    severity: 'warning',
    summary: `KServe replaces the pods of ${workload.id} by its own rule: a quarter of them start before old ones go.`,
    detail:
      'The plan bought no nodes for more pods than it has; an LLMInferenceService has no field for the strategy.',
    path: `problem.workloads[${workload.id}]`,
    fix: 'Leave room in the pools for a quarter of the replicas, or choose another target profile.',
  });
}

function cannotJoin({ workload }: ServedWorkload, reason: string): Diagnostic {
  return diagnostic('synth-unsupported', {
    summary: `Prefill and decode of ${workload.id} cannot be deployed apart by KServe: ${reason}.`,
    path: `problem.workloads[${workload.id}]`,
    fix: 'Plan with aggregated replicas, or with vllm or sglang.',
  });
}
