/** Namespaces of tests in a cluster that other tests use too. */
import { eventually } from '../cluster/support/eventually.ts';
import { RestError } from '../cluster/support/rest.ts';
import type { Rest } from '../cluster/support/rest.ts';

const PATH = '/api/v1/namespaces';

/** Makes a namespace and waits until pods may run in it as `default` and `chat`; gives whether it was not there before. One that is just going is waited for. */
export async function makeNamespace(rest: Rest, name: string): Promise<boolean> {
  const isNew = await eventually(
    () => tryToMake(rest, name),
    (made) => made !== undefined,
    120,
  );
  for (const account of ['chat', 'default']) {
    await rest
      .create(`${PATH}/${name}/serviceaccounts`, { metadata: { name: account } })
      .catch(() => undefined);
  }
  return isNew === true;
}

/** Whether the namespace was made now or is there to stay; undefined while an older one of that name is going. */
async function tryToMake(rest: Rest, name: string): Promise<boolean | undefined> {
  try {
    await rest.create(PATH, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    return true;
  } catch (problem) {
    if (!(problem instanceof RestError && problem.status === 409)) throw problem;
    const found = await phaseOf(rest, name);
    return found === 'Active' ? false : undefined;
  }
}

/** Removes namespaces and waits until they are gone. */
export async function removeNamespaces(rest: Rest, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => rest.delete(`${PATH}/${name}`)));
  for (const name of names) {
    await eventually(
      () => phaseOf(rest, name),
      (phase) => phase === 'gone',
      120,
    );
  }
}

async function phaseOf(rest: Rest, name: string): Promise<string> {
  try {
    const found = await rest.get(`${PATH}/${name}`);
    return String(found.status.phase);
  } catch (problem) {
    if (problem instanceof RestError && problem.status === 404) return 'gone';
    throw problem;
  }
}
