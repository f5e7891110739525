import { ClusterError } from './cluster-client.ts';
import type { ClusterFailure } from './cluster-client.ts';

/** What the server answers when it refuses (`Status`, Kubernetes API conventions, 2026), as far as it is read here. */
interface StatusBody {
  readonly message?: unknown;
  readonly reason?: unknown;
  readonly details?: { readonly causes?: readonly StatusCause[] };
}

interface StatusCause {
  readonly reason?: string;
  readonly field?: string;
  readonly message?: string;
}

/** Cause of every field that another manager owns, in the answer to a server-side apply. */
const FIELD_CONFLICT = 'FieldManagerConflict';
/** Cause of writes into a namespace that is being deleted. */
const TERMINATING = 'NamespaceTerminating';
/** Longest message passed on; servers may repeat whole objects in theirs. */
const LONGEST_MESSAGE = 600;

const FAILURE_OF_STATUS: Readonly<Record<number, ClusterFailure>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  405: 'unknown-kind',
  409: 'conflict',
  413: 'invalid',
  415: 'invalid',
  422: 'invalid',
  429: 'too-many-requests',
};

/** The error of a refusal: HTTP status and the parsed body of the answer (a `Status`, or whatever a proxy sent). */
export function refusal(status: number, body: unknown): ClusterError {
  const answer = (typeof body === 'object' && body !== null ? body : {}) as StatusBody;
  const message = typeof answer.message === 'string' ? answer.message : `HTTP status ${status}`;
  const causes = answer.details?.causes ?? [];
  return new ClusterError(failureOf({ status, message, causes }), message.slice(0, LONGEST_MESSAGE), {
    status,
    causes: causes.map((cause) => ({ field: cause.field ?? '', message: cause.message ?? '' })),
  });
}

interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly causes: readonly StatusCause[];
}

function failureOf({ status, message, causes }: Refusal): ClusterFailure {
  if (causes.some((cause) => cause.reason === FIELD_CONFLICT)) return 'field-conflict';
  if (causes.some((cause) => cause.reason === TERMINATING)) return 'namespace-terminating';
  // Webhooks and admission policies refuse with various statuses; their sentence is fixed in the server.
  if (/\bdenied (?:the )?request\b/.test(message)) return 'denied-by-policy';
  if (status === 404 && /could not find the requested resource/.test(message)) return 'unknown-kind';
  return FAILURE_OF_STATUS[status] ?? (status >= 500 ? 'server-error' : 'invalid');
}
