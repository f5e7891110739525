import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { WebSource } from './measured-address.ts';

/** Longest wait for one answer, milliseconds; *assumed*: Prometheus gives up after two minutes of its own. */
const LONGEST_WAIT = 130_000;

/** A source of measurements that did not answer as it should. The message holds no credentials. */
export class MeasurementError extends Error {
  override readonly name = 'MeasurementError';
  readonly source: WebSource;

  constructor(source: WebSource, message: string) {
    super(message);
    this.source = source;
  }
}

/** What is asked of a source. */
export interface WebQuestion {
  /** Path below the address of the source. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Parameters in the body, for long ones. */
  readonly isPosted?: boolean;
}

/** The JSON that a source answers with. Redirections are not followed: credentials go to the named address only. Rejects with `MeasurementError`. */
export async function askJson(source: WebSource, question: WebQuestion): Promise<unknown> {
  const url = new URL(source.url);
  if (question.path !== '') url.pathname = `${url.pathname.replace(/\/$/, '')}${question.path}`;
  const parameters = new URLSearchParams(question.parameters);
  if (question.isPosted !== true) for (const [key, value] of parameters) url.searchParams.set(key, value);
  const response = await send(source, url, question.isPosted === true ? parameters : undefined);
  const text = await response.text().catch((error: unknown) => {
    throw new MeasurementError(source, `the answer broke off (${reason(error)})`);
  });
  const body = parsed(text);
  if (response.ok && body !== undefined) return body;
  throw new MeasurementError(source, refusal(response.status, body));
}

async function send(source: WebSource, url: URL, body: URLSearchParams | undefined): Promise<Response> {
  const headers = source.authorization === undefined ? {} : { authorization: source.authorization };
  try {
    return await fetch(url, {
      headers: { accept: 'application/json', ...headers },
      redirect: 'error',
      signal: AbortSignal.timeout(LONGEST_WAIT),
      ...(body === undefined ? {} : { method: 'POST', body }),
    });
  } catch (error) {
    throw new MeasurementError(source, `it cannot be reached (${reason(error)})`);
  }
}

/** The diagnostic of a source that failed; other errors are bugs and thrown again. */
export function measurementDiagnostic(error: unknown): Diagnostic {
  if (!(error instanceof MeasurementError)) throw error;
  const { name, shown } = error.source;
  return diagnostic('apply-metrics-unreachable', {
    summary: `${name} at ${shown}: ${error.message}.`,
    fix: `Check the address with \`curl\`, and the credentials; inside a cluster, \`kubectl port-forward\` makes ${name} reachable.`,
  });
}

function refusal(status: number, body: unknown): string {
  if (status === 401 || status === 403) return `it refuses the credentials (HTTP ${String(status)})`;
  const said =
    typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string'
      ? `: ${body.error.slice(0, 300)}`
      : '';
  return status >= 200 && status < 300
    ? 'its answer is no JSON'
    : `it answers with HTTP ${String(status)}${said}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Why a request failed, in a few words: a code of the system where there is one. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return `no answer in ${String(LONGEST_WAIT / 1000)} s`;
  const { cause } = error;
  if (typeof cause === 'object' && cause !== null && 'code' in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : error.message;
}
