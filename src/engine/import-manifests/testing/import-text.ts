import type { Outcome } from '../../../diagnostics/index.ts';
import type { ServiceDocument } from '../../../model/index.ts';
import { importManifests } from '../index.ts';
import type { ImportManifestsOptions, ImportedStack } from '../index.ts';

/** Imports manifests given as text, or a target in `folder`, as stack `shop` in YAML unless `options` say otherwise. */
export function importText(
  stdin: string,
  options: Partial<ImportManifestsOptions> = {},
  { target = '-', folder = '/' } = {},
): Promise<Outcome<ImportedStack>> {
  const host = { workingDirectory: folder, today: '2026-11-21', emit: () => {}, elapsedSeconds: () => 0 };
  const defaults = { cpuMillicores: 100, memory: 128 * 2 ** 20 };
  return importManifests(target, { form: 'yaml', defaults, name: 'shop', stdin, ...options }, host);
}

/** The stack of manifests that can be imported. */
export async function stackOf(stdin: string): Promise<ImportedStack> {
  const outcome = await importText(stdin);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

/** The services of manifests that can be imported. */
export async function servicesOf(stdin: string): Promise<readonly ServiceDocument[]> {
  return (await stackOf(stdin)).document.services!;
}

/** Codes of all that is said of manifests. */
export async function codesOf(stdin: string): Promise<readonly string[]> {
  return (await importText(stdin)).diagnostics.map((item) => item.code);
}

/** A Deployment `name` labelled `app: name` as one JSON document, with a container of 100m and 64Mi unless `spec` names others. */
export function deployment(name: string, spec: object = {}, more: object = {}): string {
  const resources = { requests: { cpu: '100m', memory: '64Mi' } };
  const containers = [{ name: 'main', image: `${name}:1`, resources }];
  return `${JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      template: { metadata: { labels: { app: name } }, spec: { containers, ...spec } },
      ...more,
    },
  })}\n---\n`;
}

/** Resources of a container; undefined requests are left out. */
export function sized(cpu: string | undefined, memory: string | undefined, limits: object = {}): object {
  const requests = { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) };
  return { requests, limits };
}
