import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { sortedBy } from '../../units/index.ts';
import type { PulumiSetting } from './program.ts';

/** A name as settings and identifiers are written: `us-east-1a` after `subnet` gives `subnetUsEast1a`. */
export function camelCase(...words: readonly string[]): string {
  return words
    .flatMap((word) => word.split(/[^A-Za-z0-9]+/))
    .filter((word) => word !== '')
    .map((word, index) => (index === 0 ? word[0]?.toLowerCase() : word[0]?.toUpperCase()) + word.slice(1))
    .join('');
}

/** The settings sorted by name, each once. */
export function distinctSettings(settings: readonly PulumiSetting[]): readonly PulumiSetting[] {
  const byName = new Map(settings.map((item) => [item.name, item]));
  return sortedBy([...byName.values()], (item) => item.name);
}

/** Names that two different settings would share, an error each (`synth-name-collision`); names of pools decide them. */
export function settingCollisions(settings: readonly PulumiSetting[]): readonly Diagnostic[] {
  return [...Map.groupBy(settings, (item) => item.name)].flatMap(([name, members]) => {
    const meanings = [...new Set(members.map((item) => item.description))].sort();
    if (meanings.length < 2) return [];
    return [
      diagnostic('synth-name-collision', {
        summary: `${meanings.length} settings would be called ${name}.`,
        detail: meanings.join('\n'),
        path: 'problem.pools',
        fix: 'Rename one of the pools.',
      }),
    ];
  });
}
