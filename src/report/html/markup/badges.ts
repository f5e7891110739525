import { html } from './markup.ts';
import type { Markup } from './markup.ts';

/** How something stands; each has its own sign beside its colour. */
export type Tone = 'good' | 'caution' | 'bad' | 'plain';

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', caution: '!', bad: '✕', plain: '' };

/** A short verdict with a sign and a colour. */
export function verdict(tone: Tone, text: string): Markup {
  const sign = tone === 'plain' ? html`` : html`<span aria-hidden="true">${SIGNS[tone]}</span> `;
  return html`<span class="verdict ${tone}">${sign}${text}</span>`;
}

const EVIDENCE_MEANINGS: Readonly<Record<string, string | undefined>> = {
  measured: 'observed on the thing itself',
  fitted: 'a model fitted to measurements',
  published: 'stated by its maker or a public feed',
  assumed: 'reasoned or chosen by us, unproven',
};

/** How well a number is known, as a badge: from measured (strongest) to assumed. */
export function evidenceBadge(evidence: string): Markup {
  const known = Object.hasOwn(EVIDENCE_MEANINGS, evidence);
  return html`<span class="evidence ${known ? evidence : 'assumed'}">${evidence}</span>`;
}

/** The meaning of an evidence word; empty for a word that is not one. */
export function evidenceMeaning(evidence: string): string {
  return (Object.hasOwn(EVIDENCE_MEANINGS, evidence) ? EVIDENCE_MEANINGS[evidence] : undefined) ?? '';
}

/** The tone of a share that is left of a limit: negative is broken, less than a tenth is tight (assumed). */
export function headroomTone(headroom: number): Tone {
  if (headroom < 0) return 'bad';
  return headroom < 0.1 ? 'caution' : 'good';
}
