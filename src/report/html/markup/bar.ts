import { html } from './markup.ts';
import type { Markup } from './markup.ts';

/** A bar behind a figure; `share` of its full width in [0, 1]. It says nothing that the figure beside it does not. */
export function bar(share: number, series = 'c1'): Markup {
  const width = Number.isFinite(share) ? Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10 : 0;
  return html`<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="100" height="4" />
    <rect class="${series}" width="${width}" height="4" />
  </svg>`;
}
