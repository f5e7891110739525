import { describe, expect, it } from 'vitest';
import { DEPLOYMENT, MANIFESTS } from './testing/manifests.ts';
import { PACK_TEXT, codes, evaluate, outcomes, packOf, usePack } from './testing/policy-input.ts';

describe('remediation', () => {
  const evaluation = evaluate(usePack({ parameters: { limit: 3 } }));

  it('changes the manifest, leaves the input whole and says so', () => {
    expect(evaluation.manifests[0]?.manifest).toMatchObject({
      metadata: { name: 'chat-base', annotations: { 'example.com/was': '2' } },
      spec: { replicas: 2, template: { spec: { automountServiceAccountToken: false } } },
    });
    expect(MANIFESTS[0]?.manifest).toBe(DEPLOYMENT);
    expect(DEPLOYMENT['metadata']).not.toHaveProperty('annotations');
    expect(evaluation.report).toMatchObject({
      passes: true,
      verdicts: [{ rule: 'few' }, { rule: 'no-token', outcome: 'remediated', message: 'mounts a token' }],
    });
    expect(codes(evaluation)).toEqual(['policy-remediated']);
  });

  it('keeps the other manifests and their order', () => {
    expect(evaluation.manifests.map((file) => file.path)).toEqual(MANIFESTS.map((file) => file.path));
    expect(evaluation.manifests[1]).toBe(MANIFESTS[1]);
  });

  it('has nothing to do the second time', () => {
    const again = evaluate({ ...usePack({ parameters: { limit: 3 } }), manifests: evaluation.manifests });
    expect(again.manifests).toEqual(evaluation.manifests);
    expect(again.diagnostics).toEqual([]);
  });

  it('is not applied to a waived manifest', () => {
    const subject = 'Deployment/llm/chat-base';
    const waivers = [{ rule: 'no-token', subject, owner: 'sre', reason: 'sidecar', expires: '2027-01-01' }];
    const waived = evaluate({ ...usePack({ parameters: { limit: 3 } }), waivers });
    expect(waived.manifests).toEqual(MANIFESTS);
    expect(codes(waived)).toEqual(['policy-waived']);
  });

  it('is only advice at level advisory', () => {
    const advised = evaluate(usePack({ parameters: { limit: 3 }, levels: { 'no-token': 'advisory' } }));
    expect(advised.manifests).toEqual(MANIFESTS);
    expect(codes(advised)).toEqual(['policy-advice']);
  });

  it('that does not make the manifest conform counts as a violation', () => {
    const useless = [
      packOf(PACK_TEXT.replace('automountServiceAccountToken, value: false', 'other, value: 1')),
    ];
    const failed = evaluate({ ...usePack({ parameters: { limit: 3 } }), packs: useless });
    expect(failed.report.passes).toBe(false);
    expect(failed.report.verdicts[1]).toMatchObject({
      outcome: 'violation',
      message: 'mounts a token (remediation failed: it is still violated afterwards)',
    });
  });

  it('that leads to a place the manifest does not have counts as a violation', () => {
    const lost = [packOf(PACK_TEXT.replace('/spec/template/spec/auto', '/spec/replicas/auto'))];
    const failed = evaluate({ ...usePack({ parameters: { limit: 3 } }), packs: lost });
    expect(failed.report.passes).toBe(false);
    expect(failed.manifests).toEqual(MANIFESTS);
  });

  it('undone by a later rule is found out', () => {
    const undo = `
  - id: token-again
    title: Token again
    level: remediate
    target: manifest
    match: { kinds: [Deployment] }
    condition: self.spec.template.spec.?automountServiceAccountToken.orValue(true) == true
    remediate: [{ path: /spec/template/spec/automountServiceAccountToken, value: true }]
    why: w
    remediation: r
    reference: d
`;
    const contradicting = [packOf(PACK_TEXT + undo)];
    const failed = evaluate({ ...usePack({ parameters: { limit: 3 } }), packs: contradicting });
    expect(failed.report.passes).toBe(false);
    expect(outcomes(failed).filter((text) => text.endsWith('violation'))).toEqual([
      'no-token manifest Deployment/llm/chat-base violation',
    ]);
  });
});
