import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fastClock } from '../testing/sample-rollout.ts';
import { ClusterError } from './cluster-client.ts';
import type { ClusterObject } from './cluster-client.ts';
import { KubernetesClient } from './kubernetes-client.ts';

interface Seen {
  readonly method: string;
  readonly url: URL;
  readonly type: string;
  readonly body: unknown;
}

type Reply = readonly [status: number, body: unknown];

const APPS = {
  resources: [
    { name: 'deployments', kind: 'Deployment', namespaced: true, verbs: ['get'] },
    { name: 'deployments/scale', kind: 'Scale', namespaced: true, verbs: ['get'] },
  ],
};

const CHAT: ClusterObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'chat', namespace: 'llm' },
};

let server: Server | undefined;

afterEach(() => server?.close());

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

/** A client of a loopback server that answers by `reply`, and what it was asked. */
async function clientOf(
  reply: (seen: Seen, number: number) => Reply | 'hang up',
): Promise<{ readonly client: KubernetesClient; readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const url = new URL(request.url ?? '/', 'http://x');
      const question = {
        method: request.method ?? '',
        url,
        type: request.headers['content-type'] ?? '',
        body,
      };
      if (url.pathname === '/apis/apps/v1') return response.end(JSON.stringify(APPS));
      seen.push(question);
      const answer = reply(question, seen.length);
      if (answer === 'hang up') return request.socket.destroy();
      response.statusCode = answer[0];
      return response.end(typeof answer[1] === 'string' ? answer[1] : JSON.stringify(answer[1]));
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint = { server: `http://127.0.0.1:${port}`, credentials: () => Promise.resolve({}) };
  return { client: new KubernetesClient('test', endpoint, fastClock()), seen };
}

function failureOf(work: Promise<unknown>): Promise<ClusterError> {
  return work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => (error instanceof ClusterError ? error : Promise.reject(error as Error)),
  );
}

describe('a client of an API server', () => {
  it('applies server-side: whole object, field manager, strict fields, no force unless asked', async () => {
    const { client, seen } = await clientOf(() => [200, CHAT]);
    const options = { fieldManager: 'plimsoll', force: false, isDryRun: true };
    expect(await client.apply(CHAT, options)).toEqual(CHAT);
    expect(seen[0]).toMatchObject({ method: 'PATCH', type: 'application/apply-patch+yaml', body: CHAT });
    expect(seen[0]?.url.pathname).toBe('/apis/apps/v1/namespaces/llm/deployments/chat');
    expect(Object.fromEntries(seen[0]?.url.searchParams ?? [])).toEqual({
      fieldManager: 'plimsoll',
      force: 'false',
      fieldValidation: 'Strict',
      dryRun: 'All',
    });
  });

  it('reads all pages of a list and starts again when its place was forgotten', async () => {
    let isForgotten = true;
    const { client, seen } = await clientOf(({ url }) => {
      const place = url.searchParams.get('continue');
      if (place === null)
        return [200, { metadata: { continue: 'more' }, items: [{ metadata: { name: 'a' } }] }];
      if (isForgotten) {
        isForgotten = false;
        return [410, { message: 'expired' }];
      }
      return [200, { metadata: {}, items: [{ metadata: { name: 'b' } }] }];
    });
    const found = await client.list(CHAT, { labelSelector: 'a=b' });
    expect(found).toMatchObject([
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } },
      { metadata: { name: 'b' } },
    ]);
    expect(seen).toHaveLength(4);
    expect(seen.every(({ url }) => url.searchParams.get('labelSelector') === 'a=b')).toBe(true);
  });

  it('asks again while the server is away, overloaded or starting', async () => {
    const replies: (Reply | 'hang up')[] = [
      'hang up',
      [503, 'starting'],
      [429, { message: 'slow' }],
      [200, CHAT],
    ];
    const { client, seen } = await clientOf((_, number) => replies[number - 1] ?? [500, '']);
    expect(await client.get({ ...CHAT, ...CHAT.metadata })).toEqual(CHAT);
    expect(seen).toHaveLength(4);
  });

  it('gives up on a server that never answers after seconds, on one that did after more than a minute', async () => {
    const { client, seen } = await clientOf((_, number) =>
      number <= 1 ? [200, CHAT] : [500, { message: 'no' }],
    );
    const ref = { ...CHAT, ...CHAT.metadata };
    await client.get(ref);
    expect((await failureOf(client.get(ref))).failure).toBe('server-error');
    const patient = seen.length;
    server?.close();
    const never = await clientOf(() => [500, { message: 'no' }]);
    expect((await failureOf(never.client.serverVersion())).failure).toBe('server-error');
    expect(never.seen.length).toBeLessThan(patient / 3);
  });

  it('knows an object that is not there from one it may not see', async () => {
    const { client } = await clientOf(({ method }) =>
      method === 'GET' ? [404, { reason: 'NotFound', message: 'not found' }] : [403, { message: 'may not' }],
    );
    expect(await client.get({ ...CHAT, ...CHAT.metadata })).toBeUndefined();
    const options = { fieldManager: 'plimsoll', force: false, isDryRun: false };
    expect((await failureOf(client.apply(CHAT, options))).failure).toBe('forbidden');
  });

  it.each([
    [
      409,
      {
        details: {
          causes: [{ reason: 'FieldManagerConflict', field: '.spec.replicas', message: 'conflict with "x"' }],
        },
      },
      'field-conflict',
    ],
    [409, { message: 'the object has been modified' }, 'conflict'],
    [403, { details: { causes: [{ reason: 'NamespaceTerminating' }] } }, 'namespace-terminating'],
    [422, { message: 'ValidatingAdmissionPolicy x denied request: no' }, 'denied-by-policy'],
    [400, { message: 'admission webhook "y" denied the request: no' }, 'denied-by-policy'],
    [422, { message: 'spec.ports: Invalid value' }, 'invalid'],
    [401, { message: 'Unauthorized' }, 'unauthorized'],
    [404, { message: 'the server could not find the requested resource' }, 'unknown-kind'],
  ])('reads a refusal with status %i and %j as %s', async (status, body, expected) => {
    const { client } = await clientOf(() => [status, body]);
    const refused = await failureOf(
      client.apply(CHAT, { fieldManager: 'plimsoll', force: false, isDryRun: false }),
    );
    expect([refused.failure, refused.status]).toEqual([expected, status]);
  });

  it('deletes the object it means and no other: by uid, and what is gone or replaced is done', async () => {
    const { client, seen } = await clientOf((_, number) =>
      number === 1
        ? [200, {}]
        : number === 2
          ? [404, { message: 'not found' }]
          : [409, { message: 'Precondition failed: UID in precondition: a, UID in object meta: b' }],
    );
    const ref = { ...CHAT, ...CHAT.metadata };
    for (let i = 0; i < 3; i++) await client.delete(ref, { uid: 'a', isDryRun: false });
    expect(seen[0]).toMatchObject({ method: 'DELETE', body: { preconditions: { uid: 'a' } } });
    expect(seen).toHaveLength(3);
  });

  it('asks for permissions in the order of the questions', async () => {
    const { client } = await clientOf(({ body }) => {
      const { spec } = body as { readonly spec: { readonly resourceAttributes: { readonly verb: string } } };
      return [201, { status: { allowed: spec.resourceAttributes.verb === 'get' } }];
    });
    const question = { group: 'apps', resource: 'deployments' };
    expect(
      await client.mayDo([
        { ...question, verb: 'delete' },
        { ...question, verb: 'get' },
      ]),
    ).toEqual([false, true]);
  });

  it('knows subresources from kinds, and kinds that are not served', async () => {
    const { client } = await clientOf(() => [404, {}]);
    expect(await client.servedKind('apps/v1', 'Deployment')).toMatchObject({ plural: 'deployments' });
    expect(await client.servedKind('apps/v1', 'Scale')).toBeUndefined();
    expect(await client.servedKind('keda.sh/v1alpha1', 'ScaledObject')).toBeUndefined();
  });
});
