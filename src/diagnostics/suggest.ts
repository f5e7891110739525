/**
 * The name in `known` closest to `name` by edit distance (insert, delete, replace, swap neighbours), ignoring case;
 * undefined when none is near enough to be what the user meant (more than a third of the letters differ).
 * A known name that contains the given one, or is contained in it, counts as near; one of the same words in another order
 * is one letter away. Ties go to the first in order.
 * Cost: |name| × Σ|known|.
 */
export function closestName(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const text = candidate.toLowerCase();
    let distance = editDistance(wanted, text);
    if (wanted.length >= 3 && (text.includes(wanted) || wanted.includes(text))) {
      distance = Math.min(distance, Math.floor(wanted.length / 3));
    }
    if (distance > 1 && words(wanted) === words(text)) distance = 1;
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return bestDistance <= Math.max(1, Math.floor(wanted.length / 3)) ? best : undefined;
}

/** The words of a name in order of the alphabet. */
function words(text: string): string {
  return text
    .split(/[^\p{L}\p{N}.]+/u)
    .sort()
    .join(' ');
}

/** `Did you mean "x"?`, or an instruction to list the known names when none is close. */
export function suggestion(name: string, known: Iterable<string>, otherwise: string): string {
  const closest = closestName(name, known);
  return closest === undefined ? otherwise : `Did you mean "${closest}"?`;
}

/** Optimal string alignment distance between two texts. */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const replace = (last[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      let distance = Math.min(replace, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        distance = Math.min(distance, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(distance);
    }
    beforeLast = last;
    last = row;
  }
  return last[right.length] ?? 0;
}
