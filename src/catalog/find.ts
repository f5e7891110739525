import { diagnostic, failure, success, suggestion } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import type { Accelerator, InstanceType, ModelArchitecture } from '../model/index.ts';
import type { Catalog } from './catalog.ts';
import { instanceKey } from './keys.ts';
import { allNames, findByName } from './names.ts';

/**
 * The accelerator of this name or alias, ignoring case.
 * Error: `catalog-unknown-accelerator` with the closest name, at `path`.
 */
export function findAccelerator(catalog: Catalog, name: string, path = ''): Outcome<Accelerator> {
  const found = findByName(catalog.accelerators, name);
  if (found !== undefined) return success(found);
  return failure(
    diagnostic('catalog-unknown-accelerator', {
      summary: `The catalogue has no accelerator "${name}".`,
      path,
      fix: suggestion(
        name,
        allNames(catalog.accelerators),
        'Add it to the catalogue; `plimsoll catalog list --kind accelerator` shows the known ones.',
      ),
    }),
  );
}

/**
 * The model architecture of this name, alias or last part of a Hugging Face id, ignoring case.
 * Error: `catalog-unknown-model` with the closest name, at `path`.
 */
export function findModel(catalog: Catalog, name: string, path = ''): Outcome<ModelArchitecture> {
  const found = findByName(catalog.models, name);
  if (found !== undefined) return success(found);
  return failure(
    diagnostic('catalog-unknown-model', {
      summary: `The catalogue has no model "${name}".`,
      path,
      fix: suggestion(
        name,
        modelNames(catalog),
        'Add its dimensions to the catalogue (they stand in its config.json); `plimsoll catalog list --kind model` shows the known ones.',
      ),
    }),
  );
}

/** Full names first, so that a suggestion names the checkpoint with its owner when it is as close. */
function modelNames(catalog: Catalog): string[] {
  const names = allNames(catalog.models);
  return [...names, ...names.map((name) => name.split('/').at(-1) ?? name)];
}

const INSTANCES = new WeakMap<readonly InstanceType[], ReadonlyMap<string, InstanceType>>();

/**
 * The instance type of this provider and name, ignoring case. An empty provider stands for any that has the name.
 * Error: `catalog-unknown-instance-type` with the closest name, at `options.path`.
 */
export function findInstanceType(
  catalog: Catalog,
  name: string,
  options: { readonly provider?: string; readonly path?: string } = {},
): Outcome<InstanceType> {
  const provider = options.provider ?? '';
  const found = instanceIndex(catalog).get(
    provider === '' ? name.trim().toLowerCase() : instanceKey(provider, name.trim()),
  );
  if (found !== undefined) return success(found);
  return failure(
    diagnostic('catalog-unknown-instance-type', {
      summary: `The catalogue has no instance type "${name}"${provider === '' ? '' : ` of provider "${provider}"`}.`,
      path: options.path ?? '',
      fix: instanceFix(catalog, name, provider),
    }),
  );
}

/** Instance types by `provider/name` and, where no other provider has it, by name alone. */
function instanceIndex(catalog: Catalog): ReadonlyMap<string, InstanceType> {
  let index = INSTANCES.get(catalog.instanceTypes);
  if (index === undefined) {
    index = new Map(
      catalog.instanceTypes.flatMap((item) => [
        [instanceKey(item.provider, item.name), item] as const,
        [item.name.toLowerCase(), item] as const,
      ]),
    );
    INSTANCES.set(catalog.instanceTypes, index);
  }
  return index;
}

function instanceFix(catalog: Catalog, name: string, provider: string): string {
  const elsewhere = instanceIndex(catalog).get(name.trim().toLowerCase());
  if (elsewhere !== undefined)
    return `"${elsewhere.name}" is known of provider "${elsewhere.provider}": name that one.`;
  const own = catalog.instanceTypes.filter(
    (item) => provider === '' || item.provider === provider.toLowerCase(),
  );
  if (own.length === 0) {
    const providers = [...new Set(catalog.instanceTypes.map((item) => item.provider))];
    return suggestion(
      provider,
      providers,
      `The catalogue knows no provider "${provider}": add your instance types to the catalogue.`,
    );
  }
  return suggestion(
    name,
    own.map((item) => item.name),
    'Add it to the catalogue; `plimsoll catalog list --kind instance` shows the known ones.',
  );
}
