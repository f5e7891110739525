import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A comment as both forges know it. */
export interface Comment {
  readonly id: number;
  body: string;
  readonly login: string;
}

/** What was asked of the server. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly token: string;
}

/** A forge of one change request, number 7, on this machine: lists comments in pages, makes them, changes them; refuses what is too long. */
export interface CommentServer {
  readonly url: string;
  readonly comments: Comment[];
  readonly asked: Asked[];
  readonly close: () => Promise<void>;
}

/** GitHub's and GitLab's limits, as they are documented. */
const MOST: Readonly<Record<Forge, number>> = { github: 65_536, gitlab: 1_000_000 };

type Forge = 'github' | 'gitlab';

/** Starts the server. The bot is `github-actions[bot]`, on GitLab the user of id 1. */
export async function startCommentServer(
  forge: Forge,
  comments: readonly Comment[] = [],
): Promise<CommentServer> {
  const state = { comments: [...comments], asked: [] as Asked[] };
  const server = createServer((request, response) => {
    void answer(forge, state, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    ...state,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function answer(
  forge: Forge,
  { comments, asked }: { comments: Comment[]; asked: Asked[] },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '', 'http://localhost');
  const method = request.method ?? '';
  const token = String(request.headers['private-token'] ?? request.headers.authorization);
  asked.push({ method, path: url.pathname, token });
  const send = (status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  const shown = ({ id, body, login }: Comment): object =>
    forge === 'github'
      ? { id, body, user: { login } }
      : { id, body, author: { id: login === 'bot' ? 1 : 2 } };
  if (url.pathname === '/user') return send(200, { id: 1 });
  if (url.pathname.endsWith('/pulls')) {
    const fork = url.searchParams.get('head') === 'stranger:branch; rm -rf';
    return send(200, fork ? [{ number: 7, head: { sha: 'abc' } }] : []);
  }
  if (!/\/(issues|merge_requests)\/7\/(comments|notes)|\/issues\/comments\//.test(url.pathname))
    return send(404, {});
  if (method === 'GET') {
    const [size, page] = ['per_page', 'page'].map((name) => Number(url.searchParams.get(name) ?? 1));
    return send(200, comments.slice((page! - 1) * size!, page! * size!).map(shown));
  }
  const { body } = (await bodyOf(request)) as { body: string };
  if ([...body].length > MOST[forge]) return send(422, { message: 'Body is too long' });
  if (method === 'POST') {
    const login = forge === 'github' ? 'github-actions[bot]' : 'bot';
    comments.push({ id: comments.length + 1, body, login });
    return send(201, {});
  }
  const comment = comments.find((item) => item.id === Number(url.pathname.split('/').at(-1)));
  if (comment === undefined) return send(404, {});
  comment.body = body;
  return send(200, {});
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
}
