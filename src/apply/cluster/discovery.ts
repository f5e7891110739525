import { mapBounded } from './bounded.ts';
import { ClusterError } from './cluster-client.ts';
import type { ServedKind } from './cluster-client.ts';
import { versionPath } from './resource-path.ts';

/** Asks for a path and gives the parsed answer. */
export type Ask = (path: string) => Promise<unknown>;

interface ResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

interface GroupList {
  readonly groups?: readonly { readonly preferredVersion: { readonly groupVersion: string } }[];
}

/** What kinds the server has. Versions found are remembered; kinds not found are asked for again, since definitions may be added. */
export class Discovery {
  readonly #ask: Ask;
  readonly #known = new Map<string, Promise<readonly ServedKind[]>>();

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** The kind, or undefined where the server has none such. */
  async find(apiVersion: string, kind: string): Promise<ServedKind | undefined> {
    const isKind = (item: ServedKind): boolean => item.kind === kind;
    const remembered = (await this.#version(apiVersion)).find(isKind);
    if (remembered !== undefined) return remembered;
    this.#known.delete(apiVersion);
    return (await this.#version(apiVersion)).find(isKind);
  }

  /** All kinds in their group's preferred version. */
  async all(): Promise<readonly ServedKind[]> {
    const groups = (await this.#ask('/apis')) as GroupList;
    const versions = (groups.groups ?? []).map((group) => group.preferredVersion.groupVersion);
    const lists = await mapBounded(['v1', ...versions], 8, (version) => this.#version(version));
    return lists.flat();
  }

  #version(apiVersion: string): Promise<readonly ServedKind[]> {
    const known = this.#known.get(apiVersion);
    if (known !== undefined) return known;
    const asked = this.#read(apiVersion);
    this.#known.set(apiVersion, asked);
    asked.catch(() => this.#known.delete(apiVersion));
    return asked;
  }

  async #read(apiVersion: string): Promise<readonly ServedKind[]> {
    try {
      const list = (await this.#ask(versionPath(apiVersion))) as ResourceList;
      return (list.resources ?? [])
        .filter((item) => !item.name.includes('/'))
        .map(({ name, kind, namespaced, verbs }) => ({
          apiVersion,
          kind,
          plural: name,
          isNamespaced: namespaced,
          verbs,
        }));
    } catch (error) {
      if (error instanceof ClusterError && ['not-found', 'unknown-kind'].includes(error.failure)) return [];
      throw error;
    }
  }
}
