import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { shippedCatalog } from '../catalog/index.ts';
import { solverNames, loadSolver } from '../optimize/index.ts';
import { shippedPackNames } from './load-policies.ts';
import { errorMessage } from './files.ts';
import type { EngineHost } from './messages.ts';
import { packageRoot, toolVersion } from './package-root.ts';
import { PLANS_FOLDER } from './plan-folder.ts';

/** One thing the machine has or lacks. `missing` means a command will fail; `limited` that something optional is absent. */
export interface HealthCheck {
  readonly name: string;
  readonly state: 'ok' | 'limited' | 'missing';
  readonly detail: string;
  /** What to do about it; empty when nothing is wrong. */
  readonly fix: string;
}

/** Node versions that run stacks: native type stripping without a flag, and the runtime we test on. */
const NODE_MAJOR = 24;

/** Memory below which large searches may fail (assumed; the example needs under 0.5 GiB). */
const COMFORTABLE_MEMORY_GIB = 2;

/** Checks what planning needs of this machine, and what later commands would like to have. Changes nothing. */
export async function examine(host: EngineHost): Promise<readonly HealthCheck[]> {
  const solvers = await Promise.all(solverNames().map(checkSolver));
  return [
    checkNode(),
    check('package', () => `plimsoll ${toolVersion()} in ${packageRoot()}`),
    check('catalogue', describeCatalogue),
    ...solvers,
    check('policy packs', () => shippedPackNames().join(', ')),
    checkPlansFolder(host),
    checkMemory(),
    checkKubectl(),
  ];
}

function check(name: string, describe: () => string): HealthCheck {
  try {
    return { name, state: 'ok', detail: describe(), fix: '' };
  } catch (error) {
    return { name, state: 'missing', detail: errorMessage(error), fix: 'Reinstall the package.' };
  }
}

function checkNode(): HealthCheck {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= NODE_MAJOR
    ? { name: 'node', state: 'ok', detail: process.versions.node, fix: '' }
    : {
        name: 'node',
        state: 'missing',
        detail: `${process.versions.node} is too old`,
        fix: `Install Node ${NODE_MAJOR} or newer.`,
      };
}

function describeCatalogue(): string {
  const { accelerators, instanceTypes, prices, models } = shippedCatalog();
  return `${accelerators.length} accelerators, ${instanceTypes.length} instance types, ${prices.length} prices, ${models.length} models`;
}

async function checkSolver(name: ReturnType<typeof solverNames>[number]): Promise<HealthCheck> {
  try {
    await loadSolver(name);
    return { name: `solver ${name}`, state: 'ok', detail: 'loads', fix: '' };
  } catch (error) {
    return {
      name: `solver ${name}`,
      state: 'missing',
      detail: errorMessage(error),
      fix: 'Reinstall the package.',
    };
  }
}

function checkPlansFolder(host: EngineHost): HealthCheck {
  const folder = path.join(host.workingDirectory, PLANS_FOLDER);
  const probe = existsSync(folder) ? folder : host.workingDirectory;
  try {
    accessSync(probe, constants.W_OK);
    return { name: 'plans folder', state: 'ok', detail: `${PLANS_FOLDER}/ can be written here`, fix: '' };
  } catch {
    return {
      name: 'plans folder',
      state: 'missing',
      detail: `${probe} cannot be written`,
      fix: 'Change to a folder you own, or use --output.',
    };
  }
}

function checkMemory(): HealthCheck {
  const cores = os.availableParallelism();
  const memory = os.totalmem() / 2 ** 30;
  const detail = `${memory.toFixed(1)} GiB, ${cores} cores`;
  return memory >= COMFORTABLE_MEMORY_GIB
    ? { name: 'memory', state: 'ok', detail, fix: '' }
    : { name: 'memory', state: 'limited', detail, fix: 'Large searches may need more memory.' };
}

function checkKubectl(): HealthCheck {
  const found = spawnSync('kubectl', ['version', '--client', '--output=json'], {
    encoding: 'utf8',
    timeout: 5000,
  });
  return found.status === 0
    ? { name: 'kubectl', state: 'ok', detail: 'found', fix: '' }
    : {
        name: 'kubectl',
        state: 'limited',
        detail: 'not found',
        fix: 'Only needed to apply the manifests: install kubectl.',
      };
}
