import * as automation from '@pulumi/pulumi/automation/index.js';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findCli } from '../tools/cli-folder.ts';
import { startStandIns } from './preview/stand-ins.ts';
import type { StandIns } from './preview/stand-ins.ts';

/*
 * `pulumi preview` with the real command line, the real YAML language and a file backend. Providers are stand-ins with the schemas of
 * the real ones: their plugins come from Pulumi's own server only, and preview asks the cloud nothing that schemas do not answer.
 */
const ROOT = path.resolve(import.meta.dirname, '../..');
const GOLDEN = path.join(ROOT, 'test/golden/pulumi');
const cli = findCli();

const YAML_PROJECTS = readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('-yaml'))
  .sort();

/** Settings of the reference stacks that have no default, and a resource that each must build. */
const STACKS = {
  'aws-eks': [{ kubernetesVersion: '1.34', adminCidrs: '[]' }, 'aws:eks/nodeGroup:NodeGroup'],
  'gcp-gke': [{ projectId: 'example', adminCidrs: '[]' }, 'gcp:container/nodePool:NodePool'],
  'azure-aks': [
    { kubernetesVersion: '1.34', adminGroupId: '00000000-0000-0000-0000-000000000000' },
    'azure-native:containerservice:AgentPool',
  ],
} as const;

let folder = '';
let standIns: StandIns | undefined;
let env: Record<string, string> = {};

beforeAll(async () => {
  if (cli === undefined) {
    console.warn('No Pulumi on PATH; `node stacks/tools/build-cli.ts` builds it where Go is.');
    return;
  }
  folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-preview-'));
  mkdirSync(path.join(folder, 'state'));
  standIns = await startStandIns(folder);
  process.env['PATH'] = `${cli}${path.delimiter}${process.env['PATH'] ?? ''}`;
  env = {
    PATH: process.env['PATH'],
    HOME: folder,
    PULUMI_HOME: path.join(folder, 'home'),
    PULUMI_BACKEND_URL: `file://${folder}/state`,
    PULUMI_CONFIG_PASSPHRASE: 'of-tests',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    PULUMI_DEBUG_PROVIDERS: standIns.debugProviders,
  };
});

afterAll(() => {
  standIns?.stop();
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

interface Preview {
  readonly code: number | null;
  readonly output: string;
  readonly created: readonly string[];
}

function pulumi(cwd: string, ...args: readonly string[]): Preview {
  const { status, stdout, stderr } = spawnSync(
    path.join(cli ?? '', 'pulumi'),
    [...args, '--non-interactive'],
    {
      cwd,
      env,
      encoding: 'utf8',
    },
  );
  const created = /^\s*"steps"/m.test(stdout)
    ? (JSON.parse(stdout) as { steps: { op: string; urn: string }[] }).steps.map(({ urn }) => urn)
    : [];
  return { code: status, output: stdout + stderr, created };
}

/** A copy of a golden project, changed, with a stack and its settings but for the one that is left out. */
function projectOf(
  name: string,
  {
    change = (text) => text,
    left,
  }: { readonly change?: (text: string) => string; readonly left?: string } = {},
): string {
  const project = mkdtempSync(path.join(folder, 'project-'));
  cpSync(path.join(GOLDEN, name), project, { recursive: true });
  const file = path.join(project, 'Pulumi.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, change(text));
  const stack = path.basename(project).toLowerCase();
  pulumi(project, 'stack', 'init', stack);
  const { name: projectName, config } = parse(text) as {
    name: string;
    config: Record<string, { value?: string }>;
  };
  const lines = Object.entries(config)
    .filter(([key, { value }]) => value === undefined && key !== left)
    .map(([key]) => `  ${projectName}:${key}: the-${key}\n`);
  appendFileSync(path.join(project, `Pulumi.${stack}.yaml`), `config:\n${lines.join('')}`);
  return project;
}

describe.skipIf(cli === undefined)('pulumi preview of the written YAML project', () => {
  it.each(YAML_PROJECTS)('%s would create every resource, without a warning', (name) => {
    const resources = (
      parse(readFileSync(path.join(GOLDEN, name, 'Pulumi.yaml'), 'utf8')) as { resources: object }
    ).resources;
    const project = projectOf(name);
    const preview = pulumi(project, 'preview', '--json');
    expect(preview.code, preview.output).toBe(0);
    expect(preview.output).not.toMatch(/"severity": "(warning|error)"/);
    const names = preview.created.map((urn) => urn.split('::').at(-1)).slice(1);
    expect(names.sort()).toEqual(Object.keys(resources).sort());
  });

  it('refuses a misspelt argument, so that the previews above mean something', () => {
    const project = projectOf('models/aws-us-east-1-yaml', {
      change: (text) => text.replaceAll('volumeSize:', 'volumeSizes:'),
    });
    const { code, output } = pulumi(project, 'preview');
    expect(code).not.toBe(0);
    expect(output).toContain('volumeSizes');
  });

  it('asks for a setting that it was not given', () => {
    const project = projectOf('models/aws-us-east-1-yaml', { left: 'clusterName' });
    const { code, output } = pulumi(project, 'preview');
    expect(code).not.toBe(0);
    expect(output).toContain('clusterName');
  });
});

describe.skipIf(cli === undefined)('pulumi preview of the reference stack', () => {
  it.each(Object.entries(STACKS))('%s creates what its plan asks', async (name, [config, nodeGroup]) => {
    const out = path.join(folder, name);
    execFileSync(process.execPath, ['bin/plimsoll.js', 'plan', `stacks/${name}/stack.ts`, '--out', out], {
      cwd: ROOT,
      stdio: 'pipe',
    });
    const stack = await automation.LocalWorkspace.createStack(
      {
        stackName: 'test',
        projectName: `plimsoll-${name}`,
        program: async () => {
          await import(`../${name}/index.ts`);
        },
      },
      {
        envVars: env,
        pulumiCommand: await automation.PulumiCommand.get({ skipVersionCheck: true }),
      },
    );
    const settings = { ...config, plan: path.join(out, 'plan.json') };
    for (const [key, value] of Object.entries(settings)) await stack.setConfig(key, { value });
    const types: string[] = [];
    await stack.preview({
      onEvent: ({ resourcePreEvent }) => {
        if (resourcePreEvent !== undefined) types.push(resourcePreEvent.metadata.type);
      },
    });
    expect(types).toContain('plimsoll:index:PlimsollNodeGroups');
    expect(types).toContain(nodeGroup);
  });
});
