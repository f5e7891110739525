/**
 * A real control plane on loopback: etcd, kube-apiserver, kube-scheduler, kube-controller-manager, LeaderWorkerSet's controller, and KWOK in the
 * place of kubelets. See `docs/cluster-tests.md`.
 */
import { readFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expiredToken, tokenFor, writeKubeconfig, writeSecrets, type TestUser } from './access.ts';
import * as components from './components.ts';
import { installDefinitions, installWebhooks } from './definitions.ts';
import { createNodes, type NodeSpec } from './nodes.ts';
import * as processes from './processes.ts';
import { restClient, type Rest } from './rest.ts';
import { findTools } from './tools.ts';

/** Name of the variable with the folder of a control plane that runs already; `startControlPlane` joins it. `none`: there can be none here. */
export const FOLDER_VARIABLE = 'PLIMSOLL_TEST_CLUSTER';

/** A running control plane. */
export interface ControlPlane {
  /** Its folder: logs, certificates, kubeconfig files. */
  readonly folder: string;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly url: string;
  /** The API as administrator. */
  readonly rest: Rest;
  /** Ends all processes and removes the folder; a control plane that was joined goes on. */
  readonly stop: () => Promise<void>;
  /** Ends the API server at once, as a crash does. */
  readonly killApiServer: () => Promise<void>;
  /** Starts it again at the same port and store, and those that watch it, and waits until it is ready. */
  readonly startApiServer: () => Promise<void>;
  /** Makes nodes and waits until they are Ready. */
  readonly createNodes: (nodes: readonly NodeSpec[]) => Promise<void>;
  /** Path of a kubeconfig for a new ServiceAccount that may do what the rules say, and nothing more. */
  readonly kubeconfigFor: (user: TestUser) => Promise<string>;
  /** Path of a kubeconfig whose token was right and is over. */
  readonly expiredKubeconfig: () => string;
}

/** What is written down for those who join. */
interface Started extends components.ComponentPlaces {
  readonly token: string;
}

/**
 * Joins the control plane that the run shares (`PLIMSOLL_TEST_CLUSTER`), or starts one of its own, in about ten seconds once its programs are
 * built. Undefined where neither they nor Go are here, and `log` hears so; rejects where Go is here and cannot build them.
 */
export async function startControlPlane(
  log: (line: string) => void = console.error,
): Promise<ControlPlane | undefined> {
  const joined = process.env[FOLDER_VARIABLE];
  if (joined === 'none') return undefined;
  if (joined !== undefined && joined !== '') return controlPlane(readStarted(joined), false);
  const tools = await findTools(process.env, log);
  if ('reason' in tools) {
    if (tools.isFault) throw new Error(`No control plane: ${tools.reason}`);
    log(`No control plane: ${tools.reason}. Its tests are skipped.`);
    return undefined;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-cluster-'));
  const endNow = () => {
    processes.killProcessesNow(folder);
  };
  process.once('exit', endNow);
  processes.startWatchdog(folder);
  try {
    const [client = 0, etcdPeer = 0, api = 0, webhooks = 0] = await processes.freePorts(4);
    const places = { tools, folder, ports: { etcd: client, etcdPeer, api, webhooks } };
    const started = { ...places, token: writeSecrets(folder) };
    writeFileSync(path.join(folder, 'started.json'), JSON.stringify(started), { mode: 0o600 });
    await startAll(started);
    return controlPlane(started, true);
  } catch (problem) {
    await processes.killProcesses(folder);
    throw problem;
  }
}

function readStarted(folder: string): Started {
  return JSON.parse(readFileSync(path.join(folder, 'started.json'), 'utf8')) as Started;
}

function controlPlane(started: Started, isOwner: boolean): ControlPlane {
  const { folder, ports, token } = started;
  const url = `https://127.0.0.1:${ports.api}`;
  const certificate = readFileSync(path.join(folder, components.FILES.certificate), 'utf8');
  const rest = restClient({ url, certificate, token });
  const configFile = (name: string): string => path.join(folder, `kubeconfig-${name}.yaml`);
  return {
    folder,
    url,
    rest,
    kubeconfig: path.join(folder, components.FILES.kubeconfig),
    stop: async () => {
      rest.close();
      if (!isOwner) return;
      await processes.killProcesses(folder);
      rmSync(folder, { recursive: true, force: true });
    },
    killApiServer: async () => {
      await processes.killProcess(folder, 'kube-apiserver');
      await processes.waitForPort(started.ports.api);
    },
    startApiServer: async () => {
      await startApiServer(started);
      await restartWatchers(started, rest);
    },
    createNodes: (nodes) => createNodes(rest, nodes),
    kubeconfigFor: async (user) =>
      writeKubeconfig(configFile(user.name), url, certificate, await tokenFor(rest, user)),
    expiredKubeconfig: () =>
      writeKubeconfig(configFile('expired'), url, certificate, expiredToken(folder, Date.now())),
  };
}

/** Who watch the API server and need nothing else to start. */
const WATCHERS = [components.scheduler, components.controllerManager, components.kwok] as const;

/**
 * Starts those anew that watch the API server. Left alone they come back too, but their watches wait twice as long after each crash that follows soon on
 * another: after the fifth one a Deployment waited 97 s for its pods. What the tests ask about is the program that applies, not this. A new KWOK has
 * another identity and would wait for the leases of the old one to end, so they are removed.
 */
async function restartWatchers(started: Started, rest: Rest): Promise<void> {
  const { folder, ports } = started;
  for (const part of WATCHERS) await processes.killProcess(folder, part(started).name);
  await rest.delete('/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases');
  for (const part of WATCHERS) processes.startProcess(folder, part(started));
  await processes.killProcess(folder, 'lws-controller');
  await processes.waitForPort(ports.webhooks);
  processes.startProcess(folder, components.lwsController(started));
  await processes.waitForProcess(folder, 'lws-controller', () => isListening(ports.webhooks));
}

/** Starts the parts in their order; KWOK's stages and LeaderWorkerSet's webhooks come from the projects' files. */
async function startAll(started: Started): Promise<void> {
  const { folder, tools, ports, token } = started;
  processes.startProcess(folder, components.etcd(started));
  await processes.waitForProcess(folder, 'etcd', () => isListening(ports.etcd));
  await startApiServer(started);
  const url = `https://127.0.0.1:${ports.api}`;
  const certificate = readFileSync(path.join(folder, components.FILES.certificate), 'utf8');
  writeKubeconfig(path.join(folder, components.FILES.kubeconfig), url, certificate, token);
  writeStages(folder, tools.manifests);
  for (const part of WATCHERS) processes.startProcess(folder, part(started));
  const rest = restClient({ url, certificate, token });
  try {
    await installDefinitions(rest, tools.manifests);
    await startLeaderWorkerSets(started, rest, certificate);
    await processes.waitForProcess(folder, 'kube-controller-manager', () =>
      exists(rest, '/api/v1/namespaces/default/serviceaccounts/default'),
    );
  } finally {
    rest.close();
  }
}

async function startApiServer(started: Started): Promise<void> {
  const { folder, ports, token } = started;
  processes.startProcess(folder, components.apiServer(started));
  await processes.waitForProcess(folder, 'kube-apiserver', async () => {
    const file = path.join(folder, components.FILES.certificate);
    if (!existsSync(file)) return false;
    const rest = restClient({
      url: `https://127.0.0.1:${ports.api}`,
      certificate: readFileSync(file, 'utf8'),
      token,
    });
    return exists(rest, '/readyz').finally(() => {
      rest.close();
    });
  });
}

/** The webhooks speak TLS with the API server's own certificate, which is for 127.0.0.1 already. */
async function startLeaderWorkerSets(started: Started, rest: Rest, certificate: string): Promise<void> {
  const { folder, tools, ports } = started;
  const key = readFileSync(path.join(folder, components.FILES.certificateKey));
  writeFileSync(path.join(folder, 'tls.crt'), certificate);
  writeFileSync(path.join(folder, 'tls.key'), key, { mode: 0o600 });
  const config = {
    apiVersion: 'config.lws.x-k8s.io/v1alpha1',
    kind: 'Configuration',
    leaderElection: { leaderElect: false },
    internalCertManagement: { enable: false },
    webhook: { host: '127.0.0.1', port: ports.webhooks, certDir: folder },
    health: { healthProbeBindAddress: '0' },
    clientConnection: { qps: 500, burst: 1000 },
  };
  writeFileSync(path.join(folder, components.FILES.lwsConfig), JSON.stringify(config));
  processes.startProcess(folder, components.lwsController(started));
  await processes.waitForProcess(folder, 'lws-controller', () => isListening(ports.webhooks));
  await installWebhooks(rest, tools.manifests, { port: ports.webhooks, certificate });
}

function writeStages(folder: string, manifests: string): void {
  const files = ['node-initialize', 'pod-ready', 'pod-complete', 'pod-delete'];
  const texts = files.map((name) => readFileSync(path.join(manifests, 'stages', `${name}.yaml`), 'utf8'));
  writeFileSync(path.join(folder, components.FILES.stages), texts.join('\n---\n'));
}

async function exists(rest: Rest, at: string): Promise<boolean> {
  return rest.get(at).then(
    () => true,
    () => false,
  );
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => {
      end(true);
    });
    socket.once('error', () => {
      end(false);
    });
  });
}
