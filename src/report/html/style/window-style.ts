import { SHOWN_WINDOWS } from '../fleet/fleet-picture.ts';

/** Rules that show the window whose button is chosen; they need no script. */
export function windowStyle(): string {
  const rules = Array.from(
    { length: SHOWN_WINDOWS },
    (_, index) =>
      `.fleet:has(input[value="${index}"]:checked) .window[data-window="${index}"]{display:block}`,
  );
  return `.window{display:none}\n${rules.join('\n')}\n`;
}
