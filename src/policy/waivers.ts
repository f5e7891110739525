import { diagnostic } from '../diagnostics/index.ts';
import type { Diagnostic } from '../diagnostics/index.ts';
import type { Waiver } from '../model/index.ts';
import { daysBetween } from './dates.ts';
import { subjectName } from './scene.ts';
import type { Subject } from './scene.ts';

/** A waiver and what became of it. */
interface WaiverState {
  readonly waiver: Waiver;
  readonly isExpired: boolean;
}

/** Waivers judged by the day of the evaluation; remembers which of them were needed. */
export class WaiverBook {
  readonly #states: readonly WaiverState[];
  readonly #matched = new Set<Waiver>();

  /** A waiver counts up to and including its last day; one whose date cannot be read counts never. */
  constructor(waivers: readonly Waiver[], today: string) {
    this.#states = waivers.map((waiver) => {
      const daysLeft = daysBetween(today, waiver.expires);
      return { waiver, isExpired: daysLeft === undefined || daysLeft < 0 };
    });
  }

  /** The first valid waiver for a violation; expired ones that would have matched are remembered. */
  find(rule: { readonly pack: string; readonly id: string }, subject: Subject): Waiver | undefined {
    const matching = this.#states.filter(
      ({ waiver }) =>
        (waiver.rule === rule.id || waiver.rule === `${rule.pack}/${rule.id}`) &&
        [subject.id, subjectName(subject), '*'].includes(waiver.subject),
    );
    for (const { waiver } of matching) this.#matched.add(waiver);
    return matching.find((state) => !state.isExpired)?.waiver;
  }

  /** Warnings about waivers that have expired, and about those that match no violation. */
  diagnostics(): readonly Diagnostic[] {
    return this.#states.flatMap((state) => {
      if (state.isExpired) return [expired(state.waiver)];
      return this.#matched.has(state.waiver) ? [] : [unused(state.waiver)];
    });
  }
}

function expired(waiver: Waiver): Diagnostic {
  return diagnostic('policy-waiver-expired', {
    summary: `The waiver of rule "${waiver.rule}" for ${shown(waiver)} expired on ${waiver.expires}.`,
    detail: `Owner: ${waiver.owner}. Reason given: ${waiver.reason}.`,
    path: `waivers.${waiver.rule}`,
    fix: 'Remove it, or renew it with a new date and reason.',
  });
}

function unused(waiver: Waiver): Diagnostic {
  return diagnostic('policy-waiver-unused', {
    summary: `The waiver of rule "${waiver.rule}" for ${shown(waiver)} matches no violation.`,
    detail: 'The rule may hold by now, or the names of the rule or the subject may be misspelt.',
    path: `waivers.${waiver.rule}`,
    fix: 'Remove it, or correct its rule and subject.',
  });
}

function shown(waiver: Waiver): string {
  return waiver.subject === '*' ? 'every subject' : `"${waiver.subject}"`;
}
