import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { compareText } from '../../units/index.ts';
import type { AccessQuestion, ClusterClient, ServedKind } from '../cluster/cluster-client.ts';
import { groupOf } from '../cluster/resource-path.ts';

/** What will be done to the objects of a kind. */
export interface IntendedUse {
  readonly kind: Pick<ServedKind, 'apiVersion' | 'kind' | 'plural' | 'isNamespaced'>;
  readonly verbs: readonly AccessQuestion['verb'][];
  /** Where; empty for objects of the whole cluster. `undefined` in place of a namespace means all of them. */
  readonly namespaces: readonly (string | undefined)[];
}

/**
 * Asks for every permission that is needed (`SelfSubjectAccessReview`), before anything is written: first for the whole cluster, then, where that is
 * denied, per namespace. One `apply-missing-permission` per kind and place names the verbs that are missing.
 */
export async function missingPermissions(
  client: ClusterClient,
  uses: readonly IntendedUse[],
): Promise<readonly Diagnostic[]> {
  const everywhere = uses.flatMap((use) =>
    use.verbs.map((verb) => ({ use, question: questionOf(use, verb) })),
  );
  const answers = await client.mayDo(everywhere.map(({ question }) => question));
  const denied = everywhere.filter((_, index) => answers[index] !== true);
  const places = denied.flatMap(({ use, question }): readonly AccessQuestion[] =>
    use.kind.isNamespaced
      ? use.namespaces.map((namespace) => (namespace === undefined ? question : { ...question, namespace }))
      : [question],
  );
  const local = await client.mayDo(places);
  return described(places.filter((_, index) => local[index] !== true));
}

function questionOf({ kind }: IntendedUse, verb: AccessQuestion['verb']): AccessQuestion {
  return { verb, group: groupOf(kind.apiVersion), resource: kind.plural };
}

function described(missing: readonly AccessQuestion[]): readonly Diagnostic[] {
  const verbs = new Map<string, { readonly question: AccessQuestion; readonly verbs: string[] }>();
  for (const question of missing) {
    const place = JSON.stringify([question.resource, question.group, question.namespace ?? '']);
    const entry = verbs.get(place) ?? { question, verbs: [] };
    if (!entry.verbs.includes(question.verb)) entry.verbs.push(question.verb);
    verbs.set(place, entry);
  }
  return [...verbs]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, { question, verbs: lacking }]) => {
      const { group, resource, namespace } = question;
      const where = namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`;
      const what = group === '' ? resource : `${resource}.${group}`;
      return diagnostic('apply-missing-permission', {
        summary: `You may not ${lacking.join(', ')} ${what} ${where}.`,
        detail: 'Nothing was written.',
        path: what,
        fix: 'Ask for a role with these verbs; docs/apply.md lists all that is needed.',
      });
    });
}
