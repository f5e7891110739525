import http from 'node:http';
import https from 'node:https';
import type { RequestOptions } from 'node:https';
import { ClusterError } from './cluster-client.ts';

/** One question to an API server. */
export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Absolute path, encoded: `/api/v1/namespaces/llm`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default `application/json`. */
  readonly contentType?: string;
  readonly accept?: string;
}

/** The answer: status, and the body parsed where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Seconds after which the server wants to be asked again; 0 where it does not say. */
  readonly retryAfterSeconds: number;
}

/** Where and as whom requests are sent. */
export interface Endpoint {
  /** Address of the server: `https://10.0.0.1:6443`, perhaps with a path. */
  readonly server: string;
  /** Credentials, certificates and agent of a request; asked anew for each, because tokens expire. */
  credentials(): Promise<RequestOptions>;
}

/** Time until an answer must have ended. A server answers within 60 s or gives up itself (`--request-timeout`). */
const ANSWER_TIMEOUT_MS = 65_000;

/** Sends one request and reads its answer whole. Errors: `ClusterError` of failure `unreachable` or `unauthorized` (no credentials). */
export async function exchange(endpoint: Endpoint, request: Exchange): Promise<Answer> {
  const options = await credentialsOf(endpoint);
  const base = endpoint.server.replace(/\/$/, '');
  const query = new URLSearchParams(request.query).toString();
  const url = new URL(`${base}${request.path}${query === '' ? '' : `?${query}`}`);
  const text = request.body === undefined ? undefined : JSON.stringify(request.body);
  const headers = {
    ...options.headers,
    Accept: request.accept ?? 'application/json',
    'User-Agent': 'plimsoll',
    ...(text === undefined
      ? {}
      : {
          'Content-Type': request.contentType ?? 'application/json',
          'Content-Length': Buffer.byteLength(text),
        }),
  };
  return new Promise((resolve, reject) => {
    const transport = url.protocol === 'http:' ? http : https;
    const sent = transport.request(
      url,
      { ...options, method: request.method, headers, signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', (error) => reject(unreachable(url, error)));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: parsed(Buffer.concat(chunks).toString('utf8')),
            retryAfterSeconds: Number(response.headers['retry-after'] ?? 0) || 0,
          }),
        );
      },
    );
    sent.on('error', (error) => reject(unreachable(url, error)));
    sent.end(text);
  });
}

async function credentialsOf(endpoint: Endpoint): Promise<RequestOptions> {
  try {
    return await endpoint.credentials();
  } catch {
    // The reason is left out: what a credential plugin prints may hold the credential.
    throw new ClusterError('unauthorized', 'The credentials of the kubeconfig could not be had.');
  }
}

function unreachable(url: URL, error: Error): ClusterError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return new ClusterError('unreachable', `${url.host}: ${code}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { message: text.trim() };
  }
}
