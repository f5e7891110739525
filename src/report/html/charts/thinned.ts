/** Points nearer than this to the straight line between their neighbours are not seen (assumed: less than the width of a line). */
const TOLERANCE = 0.4;

/**
 * Points of a drawn line without those that do not change the picture (Douglas and Peucker, 1973). The first and the last stay. `at` gives the
 * place of a point in the drawing.
 */
export function thinned<T>(points: readonly T[], at: (point: T) => readonly [number, number]): readonly T[] {
  if (points.length < 3) return points;
  const places = points.map(at);
  const keep = new Set([0, points.length - 1]);
  const pending: [number, number][] = [[0, points.length - 1]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [from, to] = next;
    const [index, distance] = farthest(places, from, to);
    if (distance <= TOLERANCE) continue;
    keep.add(index);
    pending.push([from, index], [index, to]);
  }
  return points.filter((_, index) => keep.has(index));
}

function farthest(
  places: readonly (readonly [number, number])[],
  from: number,
  to: number,
): readonly [number, number] {
  const [ax, ay] = places[from] ?? [0, 0];
  const [bx, by] = places[to] ?? [0, 0];
  const length = Math.hypot(bx - ax, by - ay);
  let [found, most] = [from, -1];
  for (let index = from + 1; index < to; index += 1) {
    const [x, y] = places[index] ?? [0, 0];
    const distance =
      length === 0
        ? Math.hypot(x - ax, y - ay)
        : Math.abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length;
    if (distance > most) [found, most] = [index, distance];
  }
  return [found, most];
}
