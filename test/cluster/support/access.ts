/** Who speaks to the API server: tokens, kubeconfig files, permissions, and a token whose time is over. */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { FILES } from './components.ts';
import { RestError, type Rest } from './rest.ts';

/** A user with its own role. */
export interface TestUser {
  /** Name of its ServiceAccount and of its roles; one per test. */
  readonly name: string;
  /** Rules as in a `ClusterRole`; without `namespace` they hold everywhere. */
  readonly rules: readonly unknown[];
  readonly namespace?: string;
}

/** Private files are for their owner alone. */
const PRIVATE = { mode: 0o600 } as const;

/** Writes the token of the administrator and the key pair that signs tokens of service accounts. Gives the administrator's token. */
export function writeSecrets(folder: string): string {
  const token = randomBytes(24).toString('hex');
  writeFileSync(path.join(folder, FILES.tokens), `${token},admin,admin,system:masters\n`, PRIVATE);
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(
    path.join(folder, FILES.signingKey),
    privateKey.export({ type: 'pkcs8', format: 'pem' }),
    PRIVATE,
  );
  writeFileSync(path.join(folder, FILES.signingPublicKey), publicKey.export({ type: 'spki', format: 'pem' }));
  return token;
}

/** Writes a kubeconfig for the holder of a token; its one context is `plimsoll-test`. Gives its path. */
export function writeKubeconfig(file: string, url: string, certificate: string, token: string): string {
  const name = 'plimsoll-test';
  const cluster = { server: url, 'certificate-authority-data': Buffer.from(certificate).toString('base64') };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  writeFileSync(file, stringify(config), PRIVATE);
  return file;
}

/** Makes a ServiceAccount with the rules and gives a token for it, valid for an hour. */
export async function tokenFor(rest: Rest, { name, rules, namespace }: TestUser): Promise<string> {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const scope = namespace === undefined ? '' : `/namespaces/${namespace}`;
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const metadata = { name: `test-${name}` };
  const subjects = [{ kind: 'ServiceAccount', name, namespace: 'default' }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name: metadata.name };
  await orExisting(rest.create('/api/v1/namespaces/default/serviceaccounts', { metadata: { name } }));
  await orExisting(rest.create(`${rbac}${scope}/${kind.toLowerCase()}s`, { metadata, rules }));
  await orExisting(
    rest.create(`${rbac}${scope}/${kind.toLowerCase()}bindings`, { metadata, subjects, roleRef }),
  );
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600 },
  };
  const answer = (await rest.create(`/api/v1/namespaces/default/serviceaccounts/${name}/token`, request)) as {
    readonly status: { readonly token: string };
  };
  return answer.status.token;
}

/** A token of the default ServiceAccount, rightly signed, that ended an hour ago. */
export function expiredToken(folder: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  const claims = {
    iss: 'https://kubernetes.default.svc',
    aud: ['https://kubernetes.default.svc'],
    sub: 'system:serviceaccount:default:default',
    iat: seconds - 7200,
    nbf: seconds - 7200,
    exp: seconds - 3600,
    'kubernetes.io': {
      namespace: 'default',
      serviceaccount: { name: 'default', uid: '00000000-0000-0000-0000-000000000000' },
    },
  };
  const text = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const key = createPrivateKey(readFileSync(path.join(folder, FILES.signingKey)));
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

async function orExisting(created: Promise<unknown>): Promise<void> {
  await created.catch((problem: unknown) => {
    if (!(problem instanceof RestError && problem.status === 409)) throw problem;
  });
}
