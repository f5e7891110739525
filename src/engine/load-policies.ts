import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { diagnostic, failure, success, suggestion } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import type { PolicyReference } from '../model/index.ts';
import { isRulePack, parsePack } from '../policy/index.ts';
import type { RulePack } from '../policy/index.ts';
import { displayPath, readTextFile } from './files.ts';
import { importModule } from './load-module.ts';
import type { EngineHost } from './messages.ts';
import { packageRoot } from './package-root.ts';

/** Names of the policy packs shipped with the package, sorted. */
export function shippedPackNames(): readonly string[] {
  const folder = path.join(packageRoot(), 'policies');
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(folder, entry.name, 'pack.yaml')))
    .map((entry) => entry.name)
    .sort();
}

/**
 * Loads the packs that policies name, in the order of the references: a shipped pack by name, or a file
 * (YAML, or a module that default-exports a pack) relative to `folder`. A reference without a pack loads nothing.
 * Errors: `policy-unknown-pack`, `policy-invalid-rule`, and those of loading modules.
 */
export async function loadPacks(
  references: readonly PolicyReference[],
  folder: string,
  host: EngineHost,
): Promise<Outcome<readonly RulePack[]>> {
  const named = references.filter((reference) => reference.pack !== '');
  const outcomes = await Promise.all(named.map((reference) => loadPack(reference, folder, host)));
  const diagnostics = outcomes.flatMap((outcome) => outcome.diagnostics);
  const packs = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  return packs.length === outcomes.length ? success(packs, diagnostics) : failure(...diagnostics);
}

/** Loads one pack by name or file. */
export async function loadPack(
  reference: Pick<PolicyReference, 'pack' | 'path'>,
  folder: string,
  host: EngineHost,
): Promise<Outcome<RulePack>> {
  const { pack } = reference;
  if (shippedPackNames().includes(pack)) {
    return readPackFile(
      path.join(packageRoot(), 'policies', pack, 'pack.yaml'),
      `policies/${pack}/pack.yaml`,
    );
  }
  const absolute = path.resolve(folder, pack);
  const isFile = /\.(ya?ml|json|[mc]?[tj]s)$/.test(pack);
  if (!isFile || !existsSync(absolute)) {
    return failure(
      diagnostic('policy-unknown-pack', {
        summary: `No policy pack "${pack}" is shipped${isFile ? ', and no file of this name exists' : ''}.`,
        path: reference.path,
        fix: suggestion(
          pack,
          shippedPackNames(),
          `Shipped packs: ${shippedPackNames().join(', ')}; or give the path of a YAML file.`,
        ),
      }),
    );
  }
  const shown = displayPath(absolute, host.workingDirectory);
  return /\.[mc]?[tj]s$/.test(pack) ? importPack(absolute, shown) : readPackFile(absolute, shown);
}

async function readPackFile(absolute: string, shown: string): Promise<Outcome<RulePack>> {
  const text = await readTextFile(absolute, shown);
  return text.ok ? parsePack(text.value, { fileName: shown }) : text;
}

async function importPack(absolute: string, shown: string): Promise<Outcome<RulePack>> {
  const loaded = await importModule(absolute, shown, 'policy-unknown-pack');
  if (!loaded.ok) return loaded;
  const pack = loaded.value['default'];
  return isRulePack(pack)
    ? success({ ...pack, fileName: shown })
    : failure(
        diagnostic('policy-invalid-rule', {
          summary: `${shown} does not export a policy pack as default.`,
          source: { file: shown },
          fix: 'Write `export default definePack({ … });`.',
        }),
      );
}
