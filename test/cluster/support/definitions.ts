/** Custom resource definitions of the projects, and LeaderWorkerSet's webhooks, put into a fresh API server. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, parseAllDocuments } from 'yaml';
import type { Json, Rest } from './rest.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Kinds that only their own operators use; fewer definitions start faster. */
const LEFT_OUT =
  /^(eventing\.keda\.sh|autoscaling\.x-k8s\.io|kueue\.x-k8s\.io_multikueue|kueue\.x-k8s\.io_provisioning)/;

/** Puts every definition in and waits until it is served. */
export async function installDefinitions(rest: Rest, manifests: string): Promise<void> {
  const folder = path.join(manifests, 'crds');
  const files = readdirSync(folder).filter((file) => !LEFT_OUT.test(file));
  const definitions = files.map((file) =>
    withoutConversion(parse(readFileSync(path.join(folder, file), 'utf8'))),
  );
  await Promise.all(definitions.map((definition) => rest.create(DEFINITIONS, definition)));
  while (!(await rest.list(DEFINITIONS)).every(isEstablished)) await sleep(100);
}

/** Registers LeaderWorkerSet's webhooks at an address of loopback instead of a Service; pods of other owners never pass them. */
export async function installWebhooks(
  rest: Rest,
  manifests: string,
  at: { readonly port: number; readonly certificate: string },
): Promise<void> {
  const text = readFileSync(path.join(manifests, 'webhooks', 'leader-worker-sets.yaml'), 'utf8');
  for (const document of parseAllDocuments(text)) {
    const configuration = document.toJS();
    for (const webhook of configuration.webhooks) Object.assign(webhook, onLoopback(webhook, at));
    const plural = `${String(configuration.kind).toLowerCase()}s`;
    configuration.metadata.name = `lws-${configuration.metadata.name}`;
    await rest.create(`/apis/admissionregistration.k8s.io/v1/${plural}`, configuration);
  }
}

function onLoopback(
  webhook: Json,
  { port, certificate }: { readonly port: number; readonly certificate: string },
): Json {
  const caBundle = Buffer.from(certificate).toString('base64');
  const url = `https://127.0.0.1:${port}${webhook.clientConfig.service.path}`;
  const isOfPods = webhook.rules[0].resources.includes('pods') as boolean;
  const selector = { matchExpressions: [{ key: 'leaderworkerset.sigs.k8s.io/name', operator: 'Exists' }] };
  return { clientConfig: { url, caBundle }, ...(isOfPods ? { objectSelector: selector } : {}) };
}

/**
 * Conversion webhooks need their operator's Service; versions are then stored as they come. Stored is the newest one, which plans write, or fields that
 * it renamed (Kueue's `cohortName`) would be lost on the way through an older one.
 */
function withoutConversion(definition: Json): Json {
  delete definition.spec.conversion;
  const served = definition.spec.versions.filter((version: Json) => version.served);
  const newest = served.at(-1) ?? definition.spec.versions.at(-1);
  for (const version of definition.spec.versions) version.storage = version === newest;
  return definition;
}

function isEstablished(definition: Json): boolean {
  const conditions = (definition.status?.conditions ?? []) as readonly {
    readonly type: string;
    readonly status: string;
  }[];
  return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
}
