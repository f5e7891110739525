import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic, DiagnosticCode } from '../../diagnostics/index.ts';
import { ClusterError } from './cluster-client.ts';
import type { ClusterFailure } from './cluster-client.ts';

/** What was being done when the server refused. */
export interface RefusedRequest {
  /** The server, as `ClusterClient.description` says. */
  readonly cluster: string;
  /** `Deployment llm/chat`; left out where no object is concerned. */
  readonly object?: string;
}

interface FailureWords {
  readonly code: DiagnosticCode;
  readonly what: string;
  readonly fix: string;
}

const WORDS: Readonly<Record<ClusterFailure, FailureWords>> = {
  unreachable: {
    code: 'apply-unreachable',
    what: 'cannot be reached',
    fix: 'Check the address, the network and, where one is needed, the VPN; `kubectl version` asks the same.',
  },
  unauthorized: {
    code: 'apply-unauthorized',
    what: 'does not accept the credentials',
    fix: 'Log in again with your cloud’s tool, or name another context with --context.',
  },
  forbidden: {
    code: 'apply-forbidden',
    what: 'forbids the request',
    fix: 'Ask for the permission that the message names.',
  },
  'not-found': {
    code: 'apply-refused',
    what: 'does not find what the request needs',
    fix: 'Run the command again; the namespace or object went away meanwhile.',
  },
  conflict: {
    code: 'apply-refused',
    what: 'reports that the object changed meanwhile',
    fix: 'Run the command again.',
  },
  'field-conflict': {
    code: 'apply-field-conflict',
    what: 'says that others own fields of the plan',
    fix: 'Leave those fields to their owner, or take them with --force-conflicts.',
  },
  invalid: {
    code: 'apply-invalid-object',
    what: 'does not accept the object',
    fix: 'If a field is immutable, delete the object by hand and apply again; else its kind has another version here.',
  },
  'denied-by-policy': {
    code: 'apply-denied',
    what: 'has a policy that denies the object',
    fix: 'Change the stack so that it conforms, or have the policy changed; --force-conflicts does not help.',
  },
  'namespace-terminating': {
    code: 'apply-namespace-terminating',
    what: 'is deleting the namespace',
    fix: 'Wait until it is gone, then run the command again.',
  },
  'unknown-kind': {
    code: 'apply-missing-kind',
    what: 'does not serve the kind',
    fix: 'Install what defines it.',
  },
  'too-many-requests': {
    code: 'apply-unreachable',
    what: 'is overloaded and refuses requests',
    fix: 'Run the command again later; it goes on where it stopped.',
  },
  'server-error': {
    code: 'apply-refused',
    what: 'failed',
    fix: 'Run the command again; it goes on where it stopped.',
  },
};

/** The diagnostic of a refusal. An error that is none is a bug and is thrown again. */
export function clusterDiagnostic(error: unknown, request: RefusedRequest): Diagnostic {
  if (!(error instanceof ClusterError)) throw error;
  const { code, what, fix } = WORDS[error.failure];
  const about = request.object === undefined ? '' : ` (${request.object})`;
  const causes = error.causes.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`));
  return diagnostic(code, {
    summary: `${request.cluster} ${what}${about}.`,
    detail: [error.message, ...causes.filter((cause) => !error.message.includes(cause))].join('\n'),
    path: request.object ?? '',
    fix,
  });
}
