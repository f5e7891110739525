/** Eighths of a character's height; a value above zero shows at least one. */
const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * A series as a line of blocks, its largest value full height.
 * @param values ≥ 0, in order of time; neighbours are averaged when there are more than `width`
 * @param width characters at most, ≥ 1
 * @param top value of full height; default the largest
 * Zeros are blanks; no values give an empty line.
 */
export function sparkline(values: readonly number[], width: number, top = Math.max(0, ...values)): string {
  const cells = averaged(values, width);
  return cells
    .map((value) => {
      if (!(value > 0) || !(top > 0)) return ' ';
      const step = Math.min(BLOCKS.length, Math.max(1, Math.ceil((value / top) * BLOCKS.length)));
      return BLOCKS[step - 1] ?? ' ';
    })
    .join('');
}

/** Means of at most `width` parts of nearly equal length. */
function averaged(values: readonly number[], width: number): readonly number[] {
  const count = Math.min(width, values.length);
  return Array.from({ length: count }, (_, cell) => {
    const from = Math.floor((cell * values.length) / count);
    const to = Math.floor(((cell + 1) * values.length) / count);
    const part = values.slice(from, to);
    return part.reduce((sum, value) => sum + value, 0) / Math.max(1, part.length);
  });
}
