import fc from 'fast-check';
import { COLOURED } from '../palette.ts';
import { oneLine } from '../text-width.ts';

/** Text as it may stand in a cell: Latin, wide, combining, joined, coloured. */
export const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom('chat', '東京リージョン', '👩‍👩‍👧‍👦', 'é', '🇩🇪', COLOURED.good('met'), '–', ' '),
    ),
    { maxLength: 6 },
  )
  .map((parts) => oneLine(parts.join('')));
