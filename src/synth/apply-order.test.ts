import { describe, expect, it } from 'vitest';
import { APPLY_WAVES, applyWave, compareObjects, orderForApply } from './apply-order.ts';
import type { SynthesizedFile } from './files.ts';

function file(kind: string, name: string, namespace = ''): SynthesizedFile {
  return { path: '', apiVersion: 'v1', kind, namespace, name, manifest: {}, text: '' };
}

describe('the order of applying', () => {
  it('makes everything before what needs it', () => {
    const inOrder = [
      'CustomResourceDefinition',
      'Namespace',
      'PriorityClass',
      'NodePool',
      'ServiceAccount',
      'Deployment',
      'ScaledObject',
    ];
    const waves = inOrder.map((kind) => APPLY_WAVES.indexOf(applyWave(kind)));
    expect(waves).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('is by kind, namespace and name within a wave, and loses no file', () => {
    const files = [
      file('ScaledObject', 'a', 'x'),
      file('Service', 'b', 'x'),
      file('Service', 'a', 'y'),
      file('Service', 'a', 'x'),
      file('ConfigMap', 'z', 'z'),
      file('Namespace', 'x'),
    ];
    const ordered = orderForApply(files).flatMap((together) => together.files);
    expect(ordered.map((item) => `${item.kind}/${item.namespace}/${item.name}`)).toEqual([
      'Namespace//x',
      'ConfigMap/z/z',
      'Service/x/a',
      'Service/x/b',
      'Service/y/a',
      'ScaledObject/x/a',
    ]);
  });

  it('puts a kind it does not know with the support of workloads, even one named like a method', () => {
    expect(applyWave('Secret')).toBe('support');
    expect(applyWave('constructor')).toBe('support');
  });

  it('does not tell equal objects apart', () => {
    expect(compareObjects(file('Service', 'a', 'x'), file('Service', 'a', 'x'))).toBe(0);
  });
});
