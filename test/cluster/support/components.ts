/** Command lines of the processes of a control plane. Everything listens on loopback; certificates and tokens lie in its folder. */
import path from 'node:path';
import type { ProcessSpec } from './processes.ts';
import type { Tools } from './tools.ts';

/** What the components share. */
export interface ComponentPlaces {
  readonly tools: Tools;
  readonly folder: string;
  readonly ports: {
    readonly etcd: number;
    readonly etcdPeer: number;
    readonly api: number;
    readonly webhooks: number;
  };
}

/** File names in the folder of a control plane. */
export const FILES = {
  tokens: 'tokens.csv',
  signingKey: 'service-accounts.key',
  signingPublicKey: 'service-accounts.pub',
  /** Written by the API server itself: it signs its own certificate. */
  certificate: 'apiserver.crt',
  certificateKey: 'apiserver.key',
  kubeconfig: 'kubeconfig.yaml',
  stages: 'kwok-stages.yaml',
  lwsConfig: 'lws.yaml',
} as const;

/** The store; without fsync, since nothing of it outlives the run. */
export function etcd({ tools, folder, ports }: ComponentPlaces): ProcessSpec {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  const args = [
    `--data-dir=${path.join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
  return { name: 'etcd', command: tools.programs.etcd, args };
}

/** The API server: RBAC, tokens from a file and of service accounts, no endpoints of its own Service (loopback is no endpoint). */
export function apiServer({ tools, folder, ports }: ComponentPlaces): ProcessSpec {
  const signingKey = path.join(folder, FILES.signingKey);
  const args = [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.api}`,
    `--cert-dir=${folder}`,
    '--authorization-mode=RBAC',
    `--token-auth-file=${path.join(folder, FILES.tokens)}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${signingKey}`,
    `--service-account-key-file=${path.join(folder, FILES.signingPublicKey)}`,
    '--service-cluster-ip-range=10.0.0.0/16',
    '--endpoint-reconciler-type=none',
    '--shutdown-delay-duration=0s',
  ];
  return { name: 'kube-apiserver', command: tools.programs['kube-apiserver'], args };
}

/** The scheduler with its own defaults; a kubeconfig and nothing else. */
export function scheduler({ tools, folder }: ComponentPlaces): ProcessSpec {
  const args = [
    `--kubeconfig=${path.join(folder, FILES.kubeconfig)}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
  ];
  return { name: 'kube-scheduler', command: tools.programs['kube-scheduler'], args };
}

/** Controllers that the tests need: who makes pods, counts budgets and quotas, empties namespaces, taints and mourns nodes. */
const CONTROLLERS = [
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'job-controller',
  'disruption-controller',
  'resourcequota-controller',
  'namespace-controller',
  'garbage-collector-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'endpointslice-controller',
  'node-lifecycle-controller',
  'taint-eviction-controller',
  'pod-garbage-collector-controller',
  'validatingadmissionpolicy-status-controller',
] as const;

export function controllerManager({ tools, folder }: ComponentPlaces): ProcessSpec {
  const args = [
    `--kubeconfig=${path.join(folder, FILES.kubeconfig)}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--controllers=${CONTROLLERS.join(',')}`,
    `--service-account-private-key-file=${path.join(folder, FILES.signingKey)}`,
    `--root-ca-file=${path.join(folder, FILES.certificate)}`,
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
  ];
  return { name: 'kube-controller-manager', command: tools.programs['kube-controller-manager'], args };
}

/** KWOK: every node becomes Ready with the resources it was made with, every bound pod Running at once. */
export function kwok({ tools, folder }: ComponentPlaces): ProcessSpec {
  const args = [
    `--kubeconfig=${path.join(folder, FILES.kubeconfig)}`,
    `--config=${path.join(folder, FILES.stages)}`,
    '--manage-all-nodes=true',
    '--node-lease-duration-seconds=40',
    '--cidr=10.128.0.0/9',
    '--node-ip=10.64.0.1',
  ];
  return { name: 'kwok', command: tools.programs.kwok, args };
}

/** LeaderWorkerSet's own controller and its webhooks. */
export function lwsController({ tools, folder }: ComponentPlaces): ProcessSpec {
  const args = [
    `--kubeconfig=${path.join(folder, FILES.kubeconfig)}`,
    `--config=${path.join(folder, FILES.lwsConfig)}`,
    '--metrics-bind-address=0',
    '--zap-log-level=error',
  ];
  return { name: 'lws-controller', command: tools.programs['lws-controller'], args };
}
