/**
 * The programs of a control plane and the files of its custom resources: found in `KUBEBUILDER_ASSETS` (the convention of envtest), on the
 * `PATH`, in the cache, or built into the cache by Go from `test/cluster/tools`.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { buildTools } from './tools-build.ts';

/** Programs and the Go packages that make them; the last is LeaderWorkerSet's own controller. */
export const TOOL_PACKAGES = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  kwok: 'sigs.k8s.io/kwok/cmd/kwok',
  'lws-controller': 'sigs.k8s.io/lws/cmd',
} as const;

export type ToolName = keyof typeof TOOL_PACKAGES;

export const TOOL_NAMES = Object.keys(TOOL_PACKAGES) as readonly ToolName[];

/** Folder of the Go module whose `go.mod` holds the versions. */
export const TOOLS_MODULE = path.join(import.meta.dirname, '..', 'tools');

/** Name of the folder of YAML files beside the programs. */
export const MANIFESTS = 'manifests';

/** Where everything lies. */
export interface Tools {
  readonly programs: Readonly<Record<ToolName, string>>;
  /** Folder of the projects' YAML files: `crds/`, `stages/` (KWOK) and `webhooks/`. */
  readonly manifests: string;
}

/** Why there is no control plane here, in a sentence for the reader of the test log. */
export interface MissingTools {
  readonly reason: string;
  /** Whether there should be one: Go is here and its build failed, which is a fault and no reason to skip tests. */
  readonly isFault: boolean;
}

/**
 * Programs and files for a control plane. Builds what is missing where Go is installed: minutes the first time, nothing afterwards.
 * `log` hears what is being built.
 */
export async function findTools(
  environment: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<Tools | MissingTools> {
  const cache = cacheFolder(environment);
  const missing = TOOL_NAMES.filter((name) => programPath(name, environment, cache) === undefined);
  const hasManifests = manifestsFolder(environment, cache) !== undefined;
  if (missing.length > 0 || !hasManifests) {
    const go = onPath('go', environment);
    if (go === undefined) {
      const wanted = [...missing, ...(hasManifests ? [] : ['the custom resource definitions'])].join(', ');
      const reason = `no Go to build ${wanted} with, and neither KUBEBUILDER_ASSETS nor PATH has them`;
      return { reason, isFault: false };
    }
    const problem = await buildTools({ go, cache, missing, hasManifests, log }).catch(String);
    if (problem !== undefined) {
      return { reason: `Go cannot build its programs here. ${problem}`, isFault: true };
    }
  }
  const programs = Object.fromEntries(
    TOOL_NAMES.map((name) => [name, programPath(name, environment, cache)]),
  );
  return {
    programs: programs as Tools['programs'],
    manifests: manifestsFolder(environment, cache) ?? path.join(cache, MANIFESTS),
  };
}

/** `$XDG_CACHE_HOME/plimsoll/cluster-tools/<hash of the Go modules>`: another version of a tool is another folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', 'crds/go.mod', 'crds/go.sum'])
    hash.update(readFileSync(path.join(TOOLS_MODULE, file)));
  const root = environment['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  return path.join(root, 'plimsoll', 'cluster-tools', hash.digest('hex').slice(0, 16));
}

function programPath(name: ToolName, environment: NodeJS.ProcessEnv, cache: string): string | undefined {
  const assets = environment['KUBEBUILDER_ASSETS'];
  return executable(assets, name) ?? onPath(name, environment) ?? executable(cache, name);
}

function manifestsFolder(environment: NodeJS.ProcessEnv, cache: string): string | undefined {
  const places = [environment['KUBEBUILDER_ASSETS'], cache].map((folder) =>
    path.join(folder ?? cache, MANIFESTS),
  );
  return places.find((folder) => existsSync(folder));
}

function onPath(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const folders = (environment['PATH'] ?? '').split(path.delimiter);
  return folders.map((folder) => executable(folder, name)).find((file) => file !== undefined);
}

function executable(folder: string | undefined, name: string): string | undefined {
  if (folder === undefined || folder === '') return undefined;
  const file = path.join(folder, name);
  try {
    accessSync(file, constants.X_OK);
    return file;
  } catch {
    return undefined;
  }
}
