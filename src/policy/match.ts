import { objectAt, textAt } from './json.ts';
import type { JsonObject } from './json.ts';
import type { RuleMatch } from './rule.ts';

/** Whether a manifest is one of those a rule is about; subjects that are no manifests always are. */
export function matchesManifest(match: RuleMatch, manifest: JsonObject | undefined): boolean {
  if (manifest === undefined) return true;
  const metadata = objectAt(manifest, 'metadata');
  return (
    allows(match.kinds, textAt(manifest, 'kind')) &&
    allows(match.apiVersions, textAt(manifest, 'apiVersion')) &&
    allows(match.namespaces, textAt(metadata, 'namespace')) &&
    allows(match.names, textAt(metadata, 'name'))
  );
}

function allows(list: readonly string[] | undefined, text: string): boolean {
  return list === undefined || list.includes(text);
}
