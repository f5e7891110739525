import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { deployment, node, placeLabels } from '../../src/engine/import-live/testing/live-cluster.ts';
import { codesOf, jsonOf, plimsoll, withFolder } from '../support/run-command.ts';

const NODE = node({
  name: 'n',
  labels: placeLabels('g6e.12xlarge', 'us-east-1a'),
  resources: { cpu: '48', memory: '384Gi', 'nvidia.com/gpu': '4' },
  providerID: 'aws:///us-east-1a/i-1',
});
const OBJECTS = [
  NODE,
  deployment('web'),
  deployment('chat', {
    image: 'vllm/vllm-openai:v0.19.0',
    args: ['--model=meta-llama/Llama-3.1-8B-Instruct'],
    env: [{ name: 'HF_TOKEN', value: 'hf-secret-1' }],
  }),
];
const DUMP = JSON.stringify({ kind: 'List', items: OBJECTS });

describe('plimsoll import live', () => {
  it('prints a stack of a dump on standard input, with what is assumed on stderr and no secret', () => {
    const { stdout, stderr, exitCode } = plimsoll(['import', 'live', '--from', '-', '--name', 'prod'], {
      input: DUMP,
    });
    expect(exitCode).toBe(0);
    expect(parse(stdout)).toMatchObject({
      name: 'prod',
      pools: [{ id: 'g6e-12xlarge', provider: 'aws' }],
      workloads: [{ id: 'chat', model: 'meta-llama/Llama-3.1-8B-Instruct' }],
      services: [{ id: 'web' }],
    });
    expect(stderr).toContain('import-assumed-traffic');
    expect(stdout + stderr).not.toContain('hf-secret-1');
  });

  it.each([
    ['yaml', 'prod.yaml'],
    ['typescript', 'prod.ts'],
  ])('writes a stack in %s, which validates in YAML', (format, file) => {
    withFolder({ 'dump.json': DUMP }, (cwd) => {
      const args = ['import', 'live', '--from', 'dump.json', '--format', format, '--out', file];
      const written = plimsoll(args, { cwd });
      expect(written.stdout).toContain(`1 node as 1 pool, 1 service and 1 language model written to ${file}`);
      expect(existsSync(path.join(cwd, file))).toBe(true);
      expect(readFileSync(path.join(cwd, file), 'utf8')).toContain('plimsoll import live');
      if (format === 'yaml') expect(plimsoll(['validate', file], { cwd }).exitCode).toBe(0);
    });
  });

  it('gives one JSON object, and fails as the problem asks', () => {
    const good = plimsoll(['import', 'live', '--from', '-', '--json'], { input: DUMP });
    expect(jsonOf(good).result).toMatchObject({
      counts: { nodes: 1, pools: 1, services: 1, models: 1, objects: 3 },
      file: null,
    });
    const empty = plimsoll(['import', 'live', '--from', '-', '--json'], {
      input: '{"kind":"List","items":[]}',
    });
    expect([codesOf(empty), empty.exitCode]).toEqual([['import-no-workload'], 1]);
    const nowhere = plimsoll(['import', 'live', '--kubeconfig', 'absent', '--json']);
    expect([codesOf(nowhere), nowhere.exitCode]).toEqual([['apply-no-kubeconfig'], 1]);
  });
});
