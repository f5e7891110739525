import type { BoundRule } from './bind-rules.ts';
import { manifestSubject } from './scene.ts';
import type { ManifestFile, Scene } from './scene.ts';
import type { WaiverBook } from './waivers.ts';

/** What became of the attempt to repair one manifest. */
export interface RepairAttempt {
  /** The violation that was found. */
  readonly message: string;
  /** Why the manifest could not be changed; absent when it was. */
  readonly problem?: string;
}

/** Attempts by rule and path of the manifest. */
export type RepairLog = ReadonlyMap<BoundRule, ReadonlyMap<string, RepairAttempt>>;

interface Workshop {
  readonly scene: (files: readonly ManifestFile[]) => Scene;
  readonly waivers: WaiverBook;
}

/**
 * Applies every rule of level `remediate` to the manifests that violate it and are not waived. Later rules see
 * what earlier ones changed. The input is not changed; manifests keep their order.
 */
export function remediate(
  rules: readonly BoundRule[],
  files: readonly ManifestFile[],
  workshop: Workshop,
): { readonly manifests: readonly ManifestFile[]; readonly log: RepairLog } {
  const log = new Map<BoundRule, ReadonlyMap<string, RepairAttempt>>();
  let manifests = files;
  for (const bound of rules) {
    if (bound.level !== 'remediate') continue;
    const attempts = new Map<string, RepairAttempt>();
    const scene = workshop.scene(manifests);
    manifests = manifests.map((file) =>
      repairFile(bound, file, { scene, attempts, waivers: workshop.waivers }),
    );
    log.set(bound, attempts);
  }
  return { manifests, log };
}

interface Bench {
  readonly scene: Scene;
  readonly waivers: WaiverBook;
  readonly attempts: Map<string, RepairAttempt>;
}

function repairFile(bound: BoundRule, file: ManifestFile, bench: Bench): ManifestFile {
  const { compiled, parameters, pack } = bound;
  const subject = manifestSubject(file);
  const judgement = compiled.judge(subject, bench.scene, parameters);
  if (judgement.outcome !== 'violation') return file;
  if (bench.waivers.find({ pack, id: compiled.rule.id }, subject) !== undefined) return file;
  const repair = compiled.repair?.(subject, bench.scene, parameters);
  if (repair?.ok === true) {
    bench.attempts.set(file.path, { message: judgement.message });
    return { ...file, manifest: repair.manifest };
  }
  const problem = repair?.problem ?? 'the rule has no remediation';
  bench.attempts.set(file.path, { message: judgement.message, problem });
  return file;
}
