import { failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { mapBounded } from './bounded.ts';
import { ClusterError } from './cluster-client.ts';
import type {
  AccessQuestion,
  ClusterClient,
  ClusterObject,
  ObjectRef,
  ServedKind,
  WriteOptions,
} from './cluster-client.ts';
import { Discovery } from './discovery.ts';
import { exchange } from './exchange.ts';
import type { Endpoint } from './exchange.ts';
import { clusterDiagnostic } from './failure-diagnostic.ts';
import { readKubeconfig } from './kubeconfig.ts';
import type { ClusterChoice } from './kubeconfig.ts';
import { PROCESS_CLOCK, PatientExchange } from './patience.ts';
import type { Clock } from './patience.ts';
import { collectionPath, objectPath } from './resource-path.ts';

/** Objects per page of a list; what kubectl asks for (`--chunk-size` 500, 2026). */
const PAGE_SIZE = '500';
/** Questions about permissions under way at a time. */
const QUESTIONS_AT_A_TIME = 8;

/**
 * A client for the cluster that the kubeconfig names; asks the server for its version, so that a wrong address or expired
 * credentials show at once. Errors: those of `readKubeconfig`, `apply-unreachable`, `apply-unauthorized`, `apply-refused`.
 */
export async function connectCluster(choice: ClusterChoice): Promise<Outcome<ClusterClient>> {
  const access = await readKubeconfig(choice);
  if (!access.ok) return access;
  const client = new KubernetesClient(access.value.description, access.value);
  try {
    await client.serverVersion();
    await client.checkCredentials();
    return success(client);
  } catch (error) {
    return failure(clusterDiagnostic(error, { cluster: client.description }));
  }
}

/** The client of a real API server. */
export class KubernetesClient implements ClusterClient {
  readonly description: string;
  readonly #exchange: PatientExchange;
  readonly #discovery: Discovery;

  constructor(description: string, endpoint: Endpoint, clock: Clock = PROCESS_CLOCK) {
    this.description = description;
    this.#exchange = new PatientExchange((request) => exchange(endpoint, request), clock);
    this.#discovery = new Discovery((path) => this.#exchange.ask({ method: 'GET', path }));
  }

  async serverVersion(): Promise<string> {
    const version = (await this.#exchange.ask({ method: 'GET', path: '/version' })) as {
      readonly gitVersion?: string;
    };
    return version.gitVersion ?? '';
  }

  /** Asks something that only known users may: `/version` is open to everybody. Errors: `unauthorized`. */
  async checkCredentials(): Promise<void> {
    await this.mayDo([{ verb: 'get', group: '', resource: 'namespaces' }]);
  }

  servedKind(apiVersion: string, kind: string): Promise<ServedKind | undefined> {
    return this.#discovery.find(apiVersion, kind);
  }

  servedKinds(): Promise<readonly ServedKind[]> {
    return this.#discovery.all();
  }

  async get(ref: ObjectRef): Promise<ClusterObject | undefined> {
    const kind = await this.servedKind(ref.apiVersion, ref.kind);
    if (kind === undefined) return undefined;
    try {
      return (await this.#exchange.ask({ method: 'GET', path: objectPath(kind, ref) })) as ClusterObject;
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  async list(
    kind: Pick<ServedKind, 'apiVersion' | 'kind'>,
    options: { readonly namespace?: string; readonly labelSelector?: string } = {},
  ): Promise<readonly ClusterObject[]> {
    const served = await this.#kind(kind.apiVersion, kind.kind);
    const path = collectionPath(served, options.namespace);
    const selector = options.labelSelector === undefined ? {} : { labelSelector: options.labelSelector };
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#pages(path, selector, served);
      } catch (error) {
        // The place where a list goes on is forgotten after minutes; then it starts again.
        const isExpired = error instanceof ClusterError && error.status === 410;
        if (!isExpired || attempt === 3) throw error;
      }
    }
  }

  async #pages(
    path: string,
    selector: Readonly<Record<string, string>>,
    kind: ServedKind,
  ): Promise<readonly ClusterObject[]> {
    const objects: ClusterObject[] = [];
    let place: string | undefined;
    do {
      const page = (await this.#exchange.ask({
        method: 'GET',
        path,
        query: { limit: PAGE_SIZE, ...selector, ...(place === undefined ? {} : { continue: place }) },
      })) as {
        readonly items?: readonly ClusterObject[];
        readonly metadata?: { readonly continue?: string };
      };
      // Items of a list leave out what the list says of them all.
      for (const item of page.items ?? [])
        objects.push({ ...item, apiVersion: kind.apiVersion, kind: kind.kind });
      place = page.metadata?.continue || undefined;
    } while (place !== undefined);
    return objects;
  }

  async apply(object: ClusterObject, options: WriteOptions): Promise<ClusterObject> {
    const kind = await this.#kind(object.apiVersion, object.kind);
    return (await this.#exchange.ask({
      method: 'PATCH',
      path: objectPath(kind, object.metadata),
      query: {
        fieldManager: options.fieldManager,
        force: String(options.force),
        fieldValidation: 'Strict',
        ...(options.isDryRun ? { dryRun: 'All' } : {}),
      },
      contentType: 'application/apply-patch+yaml',
      body: object,
    })) as ClusterObject;
  }

  async delete(ref: ObjectRef, options: { readonly uid: string; readonly isDryRun: boolean }): Promise<void> {
    const kind = await this.servedKind(ref.apiVersion, ref.kind);
    if (kind === undefined) return;
    try {
      await this.#exchange.ask({
        method: 'DELETE',
        path: objectPath(kind, ref),
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          preconditions: { uid: options.uid },
          // The object stays until what it made is gone, so that waiting for it means waiting for its pods.
          propagationPolicy: 'Foreground',
          ...(options.isDryRun ? { dryRun: ['All'] } : {}),
        },
      });
    } catch (error) {
      if (!isGone(error) && !isAnotherObject(error)) throw error;
    }
  }

  mayDo(questions: readonly AccessQuestion[]): Promise<readonly boolean[]> {
    return mapBounded(questions, QUESTIONS_AT_A_TIME, async ({ verb, group, resource, namespace }) => {
      const review = (await this.#exchange.ask({
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes: { verb, group, resource, namespace: namespace ?? '' } },
        },
      })) as { readonly status?: { readonly allowed?: boolean } };
      return review.status?.allowed === true;
    });
  }

  async #kind(apiVersion: string, kind: string): Promise<ServedKind> {
    const served = await this.servedKind(apiVersion, kind);
    if (served !== undefined) return served;
    throw new ClusterError('unknown-kind', `The server has no ${kind} of ${apiVersion}.`);
  }
}

/** Whether the object that was meant is gone and another has its name. */
function isAnotherObject(error: unknown): boolean {
  return error instanceof ClusterError && error.failure === 'conflict' && /\buid\b/i.test(error.message);
}

function isGone(error: unknown): boolean {
  return error instanceof ClusterError && error.failure === 'not-found';
}
