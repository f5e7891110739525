/** Asks an API server what it says of an object: a dry run of its creation. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { parse } from 'yaml';
import { resourceOfKind } from '../../src/policy/export/resource-kinds.ts';
import type { JsonObject } from '../../src/policy/index.ts';

/** What the server answered. */
export interface Answer {
  readonly status: number;
  /** The object as it would be stored, or the reason why not. */
  readonly body: JsonObject & { readonly message?: string };
  /** Texts of the `Warning` headers. */
  readonly warnings: readonly string[];
}

/** Creates an object without storing it. */
export type Admit = (manifest: JsonObject) => Promise<Answer>;

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

/** The server that a kubeconfig file names, as its user. `plurals` tells resources of kinds that the exporter does not know. */
export function admission(kubeconfig: string, plurals: Readonly<Record<string, string>>): Admit {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
  const { server, 'certificate-authority-data': authority } = clusters[0].cluster;
  const access = { server, ca: Buffer.from(authority, 'base64'), token: users[0].user.token };
  return (manifest) => post(access, `${pathOf(manifest, plurals)}?dryRun=All`, JSON.stringify(manifest));
}

/** The path below which objects of a kind are created; without a namespace they go to `default`. */
export function pathOf(manifest: JsonObject, plurals: Readonly<Record<string, string>>): string {
  const { kind, apiVersion, metadata } = manifest as Readonly<Record<'kind' | 'apiVersion', string>> & {
    readonly metadata: { readonly namespace?: string };
  };
  const { namespace } = metadata;
  const plural = plurals[kind] ?? resourceOfKind(kind)?.resource;
  if (plural === undefined) throw new Error(`no resource is known for ${kind}`);
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return CLUSTER_KINDS.has(kind)
    ? `${group}/${plural}`
    : `${group}/namespaces/${namespace ?? 'default'}/${plural}`;
}

const CLUSTER_KINDS = new Set([
  'ClusterQueue',
  'EC2NodeClass',
  'Namespace',
  'NodeOverlay',
  'NodePool',
  'PriorityClass',
  'ResourceFlavor',
]);

interface Access {
  readonly server: string;
  readonly ca: Buffer;
  readonly token: string;
}

function post({ server, ca, token }: Access, path: string, text: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const call = request(`${server}${path}`, { method: 'POST', ca, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          body: parseBody(Buffer.concat(chunks).toString('utf8')),
          warnings: [response.headersDistinct['warning'] ?? []].flat(),
        });
      });
    });
    call.on('error', reject);
    call.end(text);
  });
}

/** An object, or the text itself: paths that the server does not know are answered in words. */
function parseBody(text: string): Answer['body'] {
  try {
    return JSON.parse(text) as Answer['body'];
  } catch {
    return { message: text };
  }
}
