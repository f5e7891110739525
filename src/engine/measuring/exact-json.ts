import { compareText } from '../../units/index.ts';

/** Numbers that JSON cannot hold, by the text that stands for them in `{"$number": …}`. */
const SPECIAL_NUMBERS: Readonly<Record<string, number>> = {
  Infinity,
  '-Infinity': -Infinity,
  NaN,
  '-0': -0,
};

/**
 * Writes a plain value as one line of JSON with sorted keys, from which `fromExactJson` gives the same value back, bit by bit:
 * infinities, not-a-number and negative zero too. Absent and `undefined` fields are the same. Equal values give equal text.
 * Throws a `TypeError` for anything but plain data: a bug of the caller.
 */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => encoded(item));
}

function encoded(item: unknown): unknown {
  if (typeof item === 'number') {
    if (Number.isFinite(item) && !Object.is(item, -0)) return item;
    return { $number: Object.is(item, -0) ? '-0' : String(item) };
  }
  if (typeof item === 'function' || typeof item === 'symbol' || typeof item === 'bigint')
    throw new TypeError(`a ${typeof item} is no plain data`);
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
  const prototype: unknown = Object.getPrototypeOf(item);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`an object of class ${item.constructor.name} is no plain data`);
  return Object.fromEntries(Object.entries(item).sort(([a], [b]) => compareText(a, b)));
}

/** Reads what `exactJson` wrote. Throws a `SyntaxError` for text that is no JSON. */
export function fromExactJson(text: string): unknown {
  return JSON.parse(text, (_key, item: unknown) => {
    const name = (item as { readonly $number?: unknown } | null)?.$number;
    return typeof name === 'string' && name in SPECIAL_NUMBERS ? SPECIAL_NUMBERS[name] : item;
  });
}
