import path from 'node:path';
import type { ClusterObject } from '../../apply/index.ts';
import { success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { displayPath, readTextFile } from '../files.ts';
import { fieldsAt, fieldsOf, textOf } from '../import-manifests/fields.ts';
import type { EngineHost } from '../messages.ts';
import { dumpItems } from '../pack/dump-items.ts';

/** How a dump for `drift` and `import live` is made. */
export const HOW_TO_DUMP =
  'Make it with `kubectl get nodes,pods,deployments,statefulsets,daemonsets,services,hpa,pdb,priorityclasses --all-namespaces -o json --show-managed-fields`.';

/** Objects of a dump, and the dump's name for people. */
export interface DumpObjects {
  readonly shown: string;
  readonly objects: readonly ClusterObject[];
}

/** Reads a dump of a cluster from a file, or from `stdin` for `-`; items that are no objects are left out. Errors: `engine-file-*`, `pack-not-a-dump`. */
export async function readDumpObjects(
  dump: string,
  stdin: string | undefined,
  host: EngineHost,
): Promise<Outcome<DumpObjects>> {
  const shown = dump === '-' ? 'standard input' : displayPath(dump, host.workingDirectory);
  const text =
    dump === '-'
      ? success(stdin ?? '')
      : await readTextFile(path.resolve(host.workingDirectory, dump), shown);
  if (!text.ok) return text;
  const items = dumpItems(text.value, shown, HOW_TO_DUMP);
  if (!items.ok) return items;
  return success({ shown, objects: items.value.filter(isClusterObject) }, items.diagnostics);
}

function isClusterObject(item: unknown): item is ClusterObject {
  const fields = fieldsOf(item);
  return (
    typeof fields['apiVersion'] === 'string' &&
    typeof fields['kind'] === 'string' &&
    textOf(fieldsAt(item, 'metadata')['name']) !== undefined
  );
}
