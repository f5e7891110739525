const BINARY: Readonly<Record<string, bigint>> = {
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
  Pi: 2n ** 50n,
  Ei: 2n ** 60n,
};
/** Power of ten of each decimal suffix. */
const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const NANOS_PER_UNIT = 10n ** 9n;
const FORM = /^([+-]?)(\d+\.?\d*|\.\d+)(?:(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE])|[eE]([+-]?\d{1,2}))?$/;

/**
 * An amount of a Kubernetes resource (`500m`, `1.5Gi`, `2e3`), exact to a billionth.
 * Source: Kubernetes API reference, `Quantity`; finer fractions are rounded up, as the API server does.
 */
export class KubernetesQuantity {
  readonly nanos: bigint;
  /**
   * Whether API servers take it for a whole number: by how it is written, so `2000m` and `2.0` are none.
   * Source: k8s.io/apimachinery 0.36.3, `Quantity.AsInt64`.
   */
  readonly isInteger: boolean;

  constructor(nanos: bigint, isInteger: boolean) {
    this.nanos = nanos;
    this.isInteger = isInteger;
  }

  /** The amount rounded to the nearest double. */
  get approximate(): number {
    return Number(this.nanos) / 1e9;
  }

  /** The amount rounded towards zero. */
  get integer(): bigint {
    return this.nanos / NANOS_PER_UNIT;
  }
}

/** Reads a Kubernetes quantity; undefined when the text is none. */
export function parseQuantity(text: string): KubernetesQuantity | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, sign, digits = '', suffix = '', exponent] = match;
  const [whole = '', fraction = ''] = digits.split('.');
  const mantissa = BigInt(`${whole}${fraction}`) * (BINARY[suffix] ?? 1n);
  const power = 9 - fraction.length + (DECIMAL[suffix] ?? 0) + Number(exponent ?? 0);
  const nanos = power >= 0 ? mantissa * 10n ** BigInt(power) : ceilDivide(mantissa, 10n ** BigInt(-power));
  const isInteger = power >= 9 && !(fraction !== '' && suffix in BINARY);
  return new KubernetesQuantity(sign === '-' ? -nanos : nanos, isInteger);
}

function ceilDivide(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
