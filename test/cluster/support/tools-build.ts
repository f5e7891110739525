/** Builds the programs that are missing and copies the projects' YAML files, into the cache folder. */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MANIFESTS, TOOL_PACKAGES, TOOLS_MODULE, type ToolName } from './tools.ts';

export interface ToolsBuild {
  /** The Go program. */
  readonly go: string;
  /** Folder to fill. */
  readonly cache: string;
  readonly missing: readonly ToolName[];
  readonly hasManifests: boolean;
  readonly log: (line: string) => void;
}

/** Folders of definitions in the modules of `tools/crds/go.mod`. */
const DEFINITIONS = {
  'github.com/aws/karpenter-provider-aws': 'pkg/apis/crds',
  'github.com/kedacore/keda/v2': 'config/crd/bases',
  'sigs.k8s.io/gateway-api-inference-extension': 'config/crd/bases',
  'sigs.k8s.io/kueue': 'config/components/crd/bases',
  'sigs.k8s.io/lws': 'config/crd/bases',
} as const;

/** What KWOK does with nodes and pods, and how LeaderWorkerSet's webhooks are registered: file in its module → file in the cache. */
const OTHER_FILES = [
  {
    module: 'sigs.k8s.io/kwok',
    from: 'kustomize/stage/node/fast/node-initialize.yaml',
    to: 'stages/node-initialize.yaml',
  },
  {
    module: 'sigs.k8s.io/kwok',
    from: 'kustomize/stage/pod/fast/pod-ready.yaml',
    to: 'stages/pod-ready.yaml',
  },
  {
    module: 'sigs.k8s.io/kwok',
    from: 'kustomize/stage/pod/fast/pod-complete.yaml',
    to: 'stages/pod-complete.yaml',
  },
  {
    module: 'sigs.k8s.io/kwok',
    from: 'kustomize/stage/pod/fast/pod-delete.yaml',
    to: 'stages/pod-delete.yaml',
  },
  {
    module: 'sigs.k8s.io/lws',
    from: 'config/webhook/manifests.yaml',
    to: 'webhooks/leader-worker-sets.yaml',
  },
] as const;

/** Fills the cache; another process doing the same is waited for. Rejects with the compiler's last lines where a build fails. */
export async function buildTools(build: ToolsBuild): Promise<undefined> {
  mkdirSync(build.cache, { recursive: true });
  const release = await lock(path.join(build.cache, '.lock'), build.log);
  try {
    for (const name of build.missing) {
      if (!existsSync(path.join(build.cache, name))) await buildProgram(build, name);
    }
    if (!build.hasManifests && !existsSync(path.join(build.cache, MANIFESTS))) await copyManifests(build);
  } finally {
    release();
  }
}

async function buildProgram({ go, cache, log }: ToolsBuild, name: ToolName): Promise<void> {
  const started = Date.now();
  log(`building ${name} (${TOOL_PACKAGES[name]}); this is done once and takes minutes`);
  const unfinished = path.join(cache, `.${name}`);
  const flags = ['-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o', unfinished];
  await runGo(go, ['build', '-mod=readonly', ...flags, TOOL_PACKAGES[name]], TOOLS_MODULE);
  renameSync(unfinished, path.join(cache, name));
  log(`built ${name} in ${Math.round((Date.now() - started) / 1000)} s`);
}

async function copyManifests({ go, cache }: ToolsBuild): Promise<void> {
  const folder = mkdtempSync(path.join(cache, '.manifests-'));
  const definitions = path.join(TOOLS_MODULE, 'crds');
  for (const [module, from] of Object.entries(DEFINITIONS)) {
    const source = path.join(await moduleFolder(go, module, definitions), from);
    for (const file of readdirSync(source).filter(
      (name) => name.endsWith('.yaml') && name !== 'kustomization.yaml',
    )) {
      cpSync(path.join(source, file), path.join(folder, 'crds', file));
    }
  }
  for (const { module, from, to } of OTHER_FILES) {
    cpSync(path.join(await moduleFolder(go, module, TOOLS_MODULE), from), path.join(folder, to));
  }
  renameSync(folder, path.join(cache, MANIFESTS));
}

/** Folder of a module's files, downloaded where needed and checked against `go.sum`. */
async function moduleFolder(go: string, module: string, folder: string): Promise<string> {
  await runGo(go, ['mod', 'download', module], folder);
  return (await runGo(go, ['list', '-mod=readonly', '-m', '-f', '{{.Dir}}', module], folder)).trim();
}

function runGo(go: string, args: readonly string[], folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(go, args, {
      cwd: folder,
      env: { ...process.env, CGO_ENABLED: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4000)));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`go ${args.join(' ')} ended with ${code}:\n${errors}`));
    });
  });
}

/** One builder at a time; the lock of a process that is gone does not count. */
async function lock(file: string, log: (line: string) => void): Promise<() => void> {
  for (let isTold = false; ; isTold = true) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => {
        rmSync(file, { force: true });
      };
    } catch {
      if (!isHeld(file)) rmSync(file, { force: true });
      else {
        if (!isTold) log(`waiting for another build in ${path.dirname(file)}`);
        await sleep(500);
      }
    }
  }
}

function isHeld(file: string): boolean {
  try {
    const owner = Number(readFileSync(file, 'utf8'));
    if (owner === 0) return true;
    process.kill(owner, 0);
    return true;
  } catch {
    return false;
  }
}
