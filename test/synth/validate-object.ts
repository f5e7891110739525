import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import { Deployment } from 'kubernetes-models/apps/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Role, RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import { PriorityClass } from 'kubernetes-models/scheduling.k8s.io/v1';
import { ConfigMap, Namespace, ResourceQuota, Service, ServiceAccount } from 'kubernetes-models/v1';
import type { JsonObject } from '../../src/synth/index.ts';

const SCHEMAS = path.resolve(import.meta.dirname, '../schemas');

/** Kinds of Kubernetes itself: checked against the published OpenAPI by `kubernetes-models`. */
const CORE: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  'apps/v1/Deployment': Deployment,
  'networking.k8s.io/v1/NetworkPolicy': NetworkPolicy,
  'policy/v1/PodDisruptionBudget': PodDisruptionBudget,
  'rbac.authorization.k8s.io/v1/Role': Role,
  'rbac.authorization.k8s.io/v1/RoleBinding': RoleBinding,
  'scheduling.k8s.io/v1/PriorityClass': PriorityClass,
  'v1/ConfigMap': ConfigMap,
  'v1/Namespace': Namespace,
  'v1/ResourceQuota': ResourceQuota,
  'v1/Service': Service,
  'v1/ServiceAccount': ServiceAccount,
};

/** Kinds of the projects we rely on: checked against the schemas beside this folder. */
const CUSTOM: Readonly<Record<string, string>> = {
  'leaderworkerset.x-k8s.io/v1/LeaderWorkerSet': 'leaderworkerset-v1',
  'keda.sh/v1alpha1/ScaledObject': 'keda-scaledobject-v1alpha1',
  'karpenter.sh/v1/NodePool': 'karpenter-nodepool-v1',
  'karpenter.sh/v1alpha1/NodeOverlay': 'karpenter-nodeoverlay-v1alpha1',
  'disaggregatedset.x-k8s.io/v1/DisaggregatedSet': 'disaggregatedset-v1',
  'gateway.networking.k8s.io/v1/HTTPRoute': 'httproute-v1',
  'inference.networking.k8s.io/v1/InferencePool': 'inferencepool-v1',
  'kueue.x-k8s.io/v1beta2/ClusterQueue': 'kueue-clusterqueue-v1beta2',
  'kueue.x-k8s.io/v1beta2/LocalQueue': 'kueue-localqueue-v1beta2',
  'kueue.x-k8s.io/v1beta2/ResourceFlavor': 'kueue-resourceflavor-v1beta2',
  'nvidia.com/v1beta1/DynamoGraphDeployment': 'dynamographdeployment-v1beta1',
  'serving.kserve.io/v1alpha2/LLMInferenceService': 'llminferenceservice-v1alpha2',
};

const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
for (const name of ['pod-template', ...Object.values(CUSTOM)]) {
  ajv.addSchema(JSON.parse(readFileSync(path.join(SCHEMAS, `${name}.json`), 'utf8')) as object, name);
}

/** What is wrong with an object, one sentence each; empty when it validates. Kinds nobody knows are wrong. */
export function objectProblems(object: JsonObject): readonly string[] {
  const { apiVersion, kind } = object as { readonly apiVersion?: string; readonly kind?: string };
  const id = `${apiVersion ?? ''}/${kind ?? ''}`;
  const schema = CUSTOM[id];
  if (schema !== undefined) return schemaProblems(schema, object);
  const Model = CORE[id];
  if (Model === undefined) return [`${id} has no schema`];
  return [...coreProblems(Model, object), ...templateProblems(object)];
}

/** What is wrong with a pod template: types by Kubernetes' schema, unknown fields by ours. */
export function podTemplateProblems(template: unknown): readonly string[] {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'carrier' },
    spec: { selector: {}, template },
  };
  return [...coreProblems(Deployment, deployment as JsonObject), ...schemaProblems('pod-template', template)];
}

function coreProblems(
  Model: new (data: never) => { validate(): void },
  object: JsonObject,
): readonly string[] {
  try {
    new Model(structuredClone(object) as never).validate();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function templateProblems(object: JsonObject): readonly string[] {
  if (object['kind'] !== 'Deployment') return [];
  const spec = object['spec'] as { readonly template: unknown };
  return schemaProblems('pod-template', spec.template);
}

function schemaProblems(name: string, value: unknown): readonly string[] {
  const validate = ajv.getSchema(name) as ValidateFunction;
  if (validate(value) === true) return [];
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}
