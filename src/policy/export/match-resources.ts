import { compareText } from '../../units/index.ts';
import type { NamedExpression, RuleMatch } from '../rule.ts';
import { celText } from './cel-text.ts';
import { hindered, translated } from './obstacle.ts';
import type { Translation } from './obstacle.ts';
import { resourceOfKind } from './resource-kinds.ts';

/** Resources of one API group that a policy is about, as a rule of `matchConstraints`. */
export interface ResourceRule {
  readonly group: string;
  /** API versions, or `*`. */
  readonly versions: readonly string[];
  /** Plural names in lower case, or `*`. */
  readonly resources: readonly string[];
}

/** Which objects a policy judges: coarsely by resource, exactly by conditions. */
export interface ServerMatch {
  /** Sorted by group. */
  readonly resources: readonly ResourceRule[];
  readonly conditions: readonly NamedExpression[];
}

/**
 * Which objects of the cluster a rule on manifests is about. Obstacles: `no-kinds` (a rule about objects of every kind would be
 * asked on every write, leases and events too), `unknown-kind` (paths name resources, not kinds).
 */
export function translateMatch(match: RuleMatch): Translation<ServerMatch> {
  const resources = match.apiVersions === undefined ? byKind(match) : translated(byApiVersion(match));
  if (!resources.ok) return resources;
  const listed: readonly (readonly [string, string, readonly string[] | undefined])[] = [
    ['kind', 'object.kind', match.kinds],
    ['api-version', 'object.apiVersion', match.apiVersions],
    ['namespace', 'object.metadata.?namespace.orValue("")', match.namespaces],
    ['name', 'object.metadata.?name.orValue("")', match.names],
  ];
  const conditions = listed.flatMap(([name, field, texts]) =>
    texts === undefined ? [] : [{ name, expression: `${field} in [${texts.map(celText).join(', ')}]` }],
  );
  return translated({ resources: resources.value, conditions });
}

function byKind(match: RuleMatch): Translation<readonly ResourceRule[]> {
  if (match.kinds === undefined) {
    return hindered('no-kinds', 'names no kinds, so that the API server would ask it on every write');
  }
  const unknown = match.kinds.find((kind) => resourceOfKind(kind) === undefined);
  if (unknown !== undefined) {
    return hindered(
      'unknown-kind',
      `is about the kind ${unknown}, whose resource is not known; apiVersions would tell its group`,
    );
  }
  const groups = new Map<string, string[]>();
  for (const kind of match.kinds) {
    const found = resourceOfKind(kind);
    if (found !== undefined) groups.set(found.group, [...(groups.get(found.group) ?? []), found.resource]);
  }
  return translated(
    sorted(
      [...groups].map(([group, resources]) => ({ group, versions: ['*'], resources: resources.sort() })),
    ),
  );
}

/** The groups and versions are told; so are the resources, unless one of the kinds is unknown or of another group. */
function byApiVersion(match: RuleMatch): readonly ResourceRule[] {
  const groups = new Map<string, string[]>();
  for (const apiVersion of match.apiVersions ?? []) {
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    groups.set(group, [...(groups.get(group) ?? []), version]);
  }
  const kinds = (match.kinds ?? []).map(resourceOfKind);
  const areKnown =
    match.kinds !== undefined && kinds.every((kind) => kind !== undefined && groups.has(kind.group));
  return sorted(
    [...groups].map(([group, versions]) => {
      const own = kinds.flatMap((kind) => (kind?.group === group ? [kind.resource] : [])).sort();
      return { group, versions: versions.sort(), resources: areKnown && own.length > 0 ? own : ['*'] };
    }),
  );
}

function sorted(rules: readonly ResourceRule[]): readonly ResourceRule[] {
  return [...rules].sort((a, b) => compareText(a.group, b.group));
}
