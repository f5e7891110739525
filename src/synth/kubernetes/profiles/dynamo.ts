import { releaseName } from '../../../catalog/index.ts';
import { diagnostic, failure, success } from '../../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../../diagnostics/index.ts';
import { HTTP_PORT } from '../../engines/launch.ts';
import type { ObjectFacts } from '../api-object.ts';
import { dynamoPolicies } from '../dynamo/dynamo-policies.ts';
import { dynamoRuntime } from '../dynamo/dynamo-runtimes.ts';
import { DYNAMO_TABLES, SYSTEM_PORT } from '../dynamo/dynamo-tables.ts';
import {
  FRONTEND_REPLICAS,
  FRONTEND_REQUESTS,
  dynamoTarget,
  frontendSelector,
  graphDeployment,
} from '../dynamo/graph-deployment.ts';
import { disruptionBudget } from '../kinds/disruption-budget.ts';
import { scaledObject } from '../kinds/scaled-object.ts';
import { serviceName } from '../kinds/service.ts';
import { workloadLabels } from '../labels.ts';
import { isGroup } from '../pod-set.ts';
import type { PodSet } from '../pod-set.ts';
import type { ServedWorkload } from '../served-workload.ts';
import { frontDemand } from '../tenancy/demands.ts';
import { planObjects } from './plan-objects.ts';
import type { TargetProfile } from './target-profile.ts';

/** Most components of a graph, its frontend included (Dynamo, v1beta1). */
const MOST_COMPONENTS = 25;

/** DynamoGraphDeployments: the engines run inside workers of NVIDIA Dynamo, behind its frontends. */
export const DYNAMO: TargetProfile = {
  name: 'dynamo',
  description: 'DynamoGraphDeployments of NVIDIA Dynamo',
  needs: [
    'everything of vanilla except its routers and LeaderWorkerSet',
    'Dynamo 1.3 or later (DynamoGraphDeployment v1beta1), finding its workers through Kubernetes',
    'Grove, or LeaderWorkerSet with Volcano, where a replica takes several nodes',
  ],
  objects: (source) =>
    planObjects(source, {
      podSets: {
        tables: DYNAMO_TABLES,
        portOf: () => SYSTEM_PORT,
        answering: {},
        isJoinedByOperator: true,
      },
      objects: modelObjects,
      policies: dynamoPolicies,
      frontDemands: (served) => [
        frontDemand(served, { requests: FRONTEND_REQUESTS, peak: FRONTEND_REPLICAS, rollout: 1 }),
      ],
    }),
};

function modelObjects(served: ServedWorkload): Outcome<readonly ObjectFacts[]> {
  const { podSets } = served;
  const refused = refusals(served);
  if (refused.length > 0) return failure(...refused.map((reason) => cannotWrite(served, reason)));
  return success(
    [
      graphDeployment(served),
      address(served),
      ...podSets.flatMap((podSet) => [
        disruptionBudget(podSet),
        ...scaledObject(podSet, dynamoTarget(served, podSet)),
      ]),
    ],
    otherVersions(served),
  );
}

/** What a graph cannot say of the pods of a workload. */
function refusals({ podSets }: ServedWorkload): readonly string[] {
  const engines = new Set(podSets.map(({ allocation }) => allocation.candidate.engine));
  const scattered = podSets.filter((podSet) => isGroup(podSet) && podSet.zones.labels.length > 1);
  return [
    ...(engines.size > 1 ? ['a graph has one engine, and the plan has several'] : []),
    ...(podSets.length >= MOST_COMPONENTS
      ? [`a graph has at most ${MOST_COMPONENTS} components, and it has ${podSets.length} pod sets`]
      : []),
    ...scattered.map(
      ({ name }) =>
        `all pods of a replica over several nodes have one template, so that helpers of ${name} cannot be told to follow their leader into its zone`,
    ),
  ];
}

/** One address, as in `vanilla`: port 80 to the frontends. */
function address({ stack, workload }: ServedWorkload): ObjectFacts {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: serviceName(workload.id),
      namespace: workload.namespace,
      labels: workloadLabels({ stack, workload: workload.id, team: workload.team }),
    },
    spec: {
      type: 'ClusterIP',
      selector: frontendSelector(workload.id),
      ports: [{ name: 'http', port: 80, targetPort: HTTP_PORT, protocol: 'TCP' }],
    },
  };
}

/** The images of Dynamo hold engines of their own versions; the plan was made for another one. */
function otherVersions({ podSets }: ServedWorkload): readonly Diagnostic[] {
  const seen = new Map<string, PodSet>();
  for (const podSet of podSets) {
    const { engine, engineVersion } = podSet.allocation.candidate;
    if (dynamoRuntime(engine, engineVersion)?.engineVersion !== releaseName(engineVersion)) {
      seen.set(`${engine} ${engineVersion}`, podSet);
    }
  }
  return [...seen].map(([planned, { workload, allocation }]) => {
    const runtime = dynamoRuntime(allocation.candidate.engine, allocation.candidate.engineVersion);
    return diagnostic('synth-unsupported', {
      severity: 'warning',
      summary: `${workload.id} runs ${allocation.candidate.engine} ${runtime?.engineVersion ?? ''} in Dynamo ${runtime?.release ?? ''}; the plan is made for ${planned}.`,
      detail: 'Each image of Dynamo holds one version of an engine; the nearest one was taken.',
      path: `problem.workloads[${workload.id}]`,
      fix: 'Plan with that version, or measure whether it is as fast.',
    });
  });
}

function cannotWrite({ workload }: ServedWorkload, reason: string): Diagnostic {
  return diagnostic('synth-unsupported', {
    summary: `${workload.id} cannot be one DynamoGraphDeployment: ${reason}.`,
    path: `problem.workloads[${workload.id}]`,
    fix: 'Plan in one zone or with one engine, or choose another target profile.',
  });
}
