/** A small client of the API server for tests: JSON over HTTPS with a bearer token. Nothing of it is shared with the product's own client. */
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/** An object or list as JSON; tests know what they asked for. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

/** An answer that is not a success. */
export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: number;
  /** The server's `Status` object. */
  readonly body: Json;

  constructor(status: number, body: Json, what: string) {
    super(`${what}: ${status} ${String(body?.message ?? '')}`);
    this.status = status;
    this.body = body;
  }
}

/** Where and as whom. */
export interface RestAccess {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** Certificate in PEM that the server's own is checked against. */
  readonly certificate: string;
  readonly token: string;
}

/** Calls by path, such as `/api/v1/namespaces/default/pods`. */
export interface Rest {
  get(path: string): Promise<Json>;
  /** Items of a list. */
  list(path: string): Promise<readonly Json[]>;
  create(path: string, object: Json): Promise<Json>;
  /** Server-side apply as `manager` (fields of others are taken with `force`). */
  apply(
    path: string,
    object: Json,
    options?: { readonly manager?: string; readonly force?: boolean },
  ): Promise<Json>;
  merge(path: string, patch: Json): Promise<Json>;
  /** Resolves also where there is nothing to delete. */
  delete(path: string): Promise<void>;
  /** Ends the connections that are kept open. */
  close(): void;
}

/** A client as the holder of the token. */
export function restClient(access: RestAccess): Rest {
  const agent = new Agent({ keepAlive: true, maxSockets: 32, ca: access.certificate });
  const call = (method: string, path: string, body?: Json, type = 'application/json'): Promise<Json> =>
    patiently(() => send(access, agent, { method, path, body: body as unknown, type }));
  return {
    get: (path) => call('GET', path),
    list: async (path) => (await call('GET', path)).items as readonly Json[],
    create: (path, object) => call('POST', path, object),
    apply: (path, object, { manager = 'test', force = false } = {}) =>
      call('PATCH', `${path}?fieldManager=${manager}&force=${force}`, object, 'application/apply-patch+yaml'),
    merge: (path, patch) => call('PATCH', path, patch, 'application/merge-patch+json'),
    delete: async (path) => {
      await call('DELETE', path).catch((problem: unknown) => {
        if (!(problem instanceof RestError && problem.status === 404)) throw problem;
      });
    },
    close: () => {
      agent.destroy();
    },
  };
}

/** Asks again, for ten seconds at most, while the server is busy or a custom resource is being made ready (429). */
async function patiently(call: () => Promise<Json>): Promise<Json> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (problem) {
      if (!(problem instanceof RestError && problem.status === 429) || attempt === 50) throw problem;
      await sleep(200);
    }
  }
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly type: string;
}

function send(access: RestAccess, agent: Agent, { method, path, body, type }: Call): Promise<Json> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${access.token}`,
    accept: 'application/json',
    'content-type': type,
  };
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, access.url), { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const answer = parse(Buffer.concat(chunks).toString());
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve(answer);
        else reject(new RestError(status, answer, `${method} ${path}`));
      });
    });
    sent.on('error', reject);
    sent.end(payload);
  });
}

/** JSON, or the text itself where the server says something else (`ok` of its health checks). */
function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}
