/** A Kubernetes object as the API server speaks of it: plain data. */
export interface ClusterObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMetadata;
  readonly [field: string]: unknown;
}

/** What every object says of itself. */
export interface ObjectMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly deletionTimestamp?: string;
  readonly managedFields?: readonly ManagedFields[];
  readonly [field: string]: unknown;
}

/** The fields that one manager owns, in the notation of server-side apply (`f:spec`, `k:{…}`). */
export interface ManagedFields {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly subresource?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

/** Which object is meant. `namespace` is left out for objects of the whole cluster. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** A kind that the server knows. */
export interface ServedKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Name of the resource in paths, such as `deployments`. */
  readonly plural: string;
  readonly isNamespaced: boolean;
  readonly verbs: readonly string[];
}

/** How an object is written. */
export interface WriteOptions {
  readonly fieldManager: string;
  /** Takes fields from other managers; only where the user asks for it. */
  readonly force: boolean;
  /** The server checks and answers, and stores nothing. */
  readonly isDryRun: boolean;
}

/** One question about permissions. */
export interface AccessQuestion {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete';
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
}

/** Why the server refused, in the words of `apply`. */
export type ClusterFailure =
  | 'unreachable'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'field-conflict'
  | 'invalid'
  | 'denied-by-policy'
  | 'namespace-terminating'
  | 'unknown-kind'
  | 'too-many-requests'
  | 'server-error';

/** A refusal by the server or the way to it. `message` holds no secret: no token, no header. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly failure: ClusterFailure;
  /** HTTP status; undefined where no answer came. */
  readonly status: number | undefined;
  /** Fields and their managers in a field conflict; causes of an invalid object. */
  readonly causes: readonly { readonly field: string; readonly message: string }[];

  constructor(
    failure: ClusterFailure,
    message: string,
    details: { readonly status?: number; readonly causes?: ClusterError['causes'] } = {},
  ) {
    super(message);
    this.failure = failure;
    this.status = details.status;
    this.causes = details.causes ?? [];
  }
}

/**
 * The cluster as `apply`, `drift` and `import live` see it. One implementation speaks to API servers by a kubeconfig; tests may hold objects
 * in memory. Every method rejects with `ClusterError` and with nothing else; reads are repeated when the server is away for a moment, writes
 * are safe to repeat because they say the whole wanted state.
 */
export interface ClusterClient {
  /** Where the server is, for messages: context and address, never credentials. */
  readonly description: string;
  serverVersion(): Promise<string>;
  /** The kind as served, or undefined where the server has none such (a missing custom resource definition). */
  servedKind(apiVersion: string, kind: string): Promise<ServedKind | undefined>;
  /** All kinds that the server serves, preferred versions only. */
  servedKinds(): Promise<readonly ServedKind[]>;
  /** The object, or undefined where there is none. */
  get(ref: ObjectRef): Promise<ClusterObject | undefined>;
  /** All objects of a kind, over all pages, in one namespace or all. */
  list(
    kind: Pick<ServedKind, 'apiVersion' | 'kind'>,
    options?: { readonly namespace?: string; readonly labelSelector?: string },
  ): Promise<readonly ClusterObject[]>;
  /** Server-side apply of the object; gives what the server holds afterwards (or would hold). */
  apply(object: ClusterObject, options: WriteOptions): Promise<ClusterObject>;
  /** Deletes the object if it still has this uid; resolves also where it is gone already. */
  delete(ref: ObjectRef, options: { readonly uid: string; readonly isDryRun: boolean }): Promise<void>;
  /** Whether the user may do each of these, in the order asked. */
  mayDo(questions: readonly AccessQuestion[]): Promise<readonly boolean[]>;
}
