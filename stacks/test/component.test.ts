import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { pulumiPrograms } from 'plimsoll';
import type { PulumiProgram } from 'plimsoll';
import { describe, expect, it } from 'vitest';
import { managed, reserved } from '../../test/pulumi/managed.ts';
import { PLAN_SOURCE } from '../../test/synth/plan-source.ts';
import { SHOP_SOURCE } from '../../test/synth/services-source.ts';
import { AWS_CLASSES } from '../components/aws-classes.ts';
import { AZURE_CLASSES } from '../components/azure-classes.ts';
import { GCP_CLASSES } from '../components/gcp-classes.ts';
import { PlimsollNodeGroups } from '../components/plimsoll-node-groups.ts';
import type { PlannedNodes } from '../components/plimsoll-node-groups.ts';
import { recordedResources } from './recorded.ts';
import type { RecordedResource } from './recorded.ts';

const GOLDEN = path.resolve(import.meta.dirname, '../../test/golden/pulumi');
const CLASSES = { aws: AWS_CLASSES, gcp: GCP_CLASSES, azure: AZURE_CLASSES } as const;
const COMPONENT = 'plimsoll:index:PlimsollNodeGroups';

/** Plans written by hand and the golden folders of their projects; a plan's other parts leave no trace in its nodes. */
const PLANS = [
  ['models', managed(PLAN_SOURCE)],
  ['services', managed(SHOP_SOURCE)],
  ['karpenter', PLAN_SOURCE],
  ['reserved', reserved(managed(PLAN_SOURCE))],
  ['reserved-karpenter', reserved(PLAN_SOURCE)],
] as const;

function programsOf(plan: PlannedNodes): readonly PulumiProgram[] {
  const programs = pulumiPrograms(plan);
  return programs.ok ? programs.value : [];
}

function settingsOf(program: PulumiProgram): Readonly<Record<string, string>> {
  return Object.fromEntries(program.settings.map(({ name }) => [name, `the-${name}`]));
}

async function built(plan: PlannedNodes, program: PulumiProgram): Promise<readonly RecordedResource[]> {
  const classes = CLASSES[program.cloud];
  const settings = settingsOf(program);
  const all = await recordedResources({ name: program.name }, () => {
    new PlimsollNodeGroups('nodes', { plan, classes, settings });
  });
  return all.filter(({ type }) => type !== COMPONENT);
}

const CASES = PLANS.flatMap(([folder, plan]) =>
  programsOf(plan).map((program) => [`${folder}/${program.cloud}-${program.region}`, plan, program] as const),
);

describe.each(CASES)('PlimsollNodeGroups of %s', (folder, plan, program) => {
  it('registers every resource of the program and no other', async () => {
    const resources = await built(plan, program);
    expect(resources.map(({ type, name }) => `${type} ${name}`).sort()).toEqual(
      program.resources.map(({ type, id }) => `${type} ${id}`).sort(),
    );
  });

  it('gives resources what the written TypeScript program gives them', async () => {
    const file = path.join(GOLDEN, `${folder}-typescript`, 'index.ts');
    const written = await recordedResources(
      { name: program.name, config: settingsOf(program) },
      () => import(/* @vite-ignore */ pathToFileURL(file).href),
    );
    expect(written.length).toBeGreaterThan(0);
    expect(await built(plan, program)).toEqual(written);
  });
});

describe('PlimsollNodeGroups', () => {
  const [aws] = programsOf(PLAN_SOURCE).filter(({ cloud }) => cloud === 'aws');
  const settings = aws === undefined ? {} : settingsOf(aws);

  /** Refusals come before anything is registered, so they need no mocks. */
  function make(changes: Partial<ConstructorParameters<typeof PlimsollNodeGroups>[1]>): () => void {
    const args = { plan: PLAN_SOURCE, classes: AWS_CLASSES, settings, ...changes };
    return () => void new PlimsollNodeGroups('nodes', args);
  }

  it('names every setting that is missing, at once', () => {
    expect(make({ settings: {} })).toThrow(/clusterName[\s\S]*subnetUsEast1a[\s\S]*subnetUsEast1c/);
  });

  it('refuses a plan that buys nothing of its cloud or region', () => {
    expect(make({ region: 'eu-west-1' })).toThrow('buys no nodes of aws in eu-west-1');
  });

  it('refuses a file that is no plan', () => {
    expect(make({ plan: path.join(GOLDEN, '../../../package.json') })).toThrow(/plan/i);
  });
});

describe('the golden programs', () => {
  it('are all compared', () => {
    const folders = readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('-typescript'))
      .map((file) => file.slice(0, -'-typescript'.length));
    expect(CASES.map(([folder]) => folder).sort()).toEqual(folders.sort());
    for (const folder of folders) {
      expect(readFileSync(path.join(GOLDEN, `${folder}-typescript`, 'index.ts'), 'utf8')).not.toBe('');
    }
  });
});
