import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import type { Page } from './page.ts';

/** One thing a machine has or lacks, as `doctor` shows it. */
export interface ShownCheck {
  readonly name: string;
  readonly state: 'ok' | 'limited' | 'missing';
  readonly detail: string;
  /** What to do about it; empty when nothing is wrong. */
  readonly fix: string;
}

/** What a machine has and lacks for planning. */
export function checksPage(checks: readonly ShownCheck[], palette: Palette = PLAIN): Page {
  const colours = { ok: palette.good, limited: palette.caution, missing: palette.bad };
  const missing = checks.filter((check) => check.state === 'missing').length;
  return {
    title: 'Doctor',
    head: [],
    parts: [
      {
        kind: 'table',
        title: '',
        columns: [
          { title: 'CHECK' },
          { title: 'STATE' },
          { title: 'DETAIL', isMinor: true },
          { title: 'NEXT STEP' },
        ],
        rows: checks.map((check) => [check.name, colours[check.state](check.state), check.detail, check.fix]),
      },
    ],
    sentence:
      missing === 0
        ? 'This machine can plan.'
        : `This machine lacks ${missing} of ${checks.length}: take the next steps above.`,
  };
}
