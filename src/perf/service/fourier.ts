/** Tables of one transform length, kept because every convolution of a grid uses the same. */
interface Tables {
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
  readonly reversed: Uint32Array;
}

/**
 * Convolves probability masses on one grid: the first `length` entries of the convolution of `a` and `b`, which both have
 * `length` entries, a power of two. Both signals go through one complex transform of twice the length (Cooley and Tukey, 1965). Reuses
 * its buffers between calls.
 */
export class Convolver {
  readonly length: number;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;
  readonly #tables: Tables;

  constructor(length: number) {
    this.length = length;
    this.#real = new Float64Array(2 * length);
    this.#imaginary = new Float64Array(2 * length);
    this.#tables = tablesOf(2 * length);
  }

  /** The convolution as a new array; tiny negative results of rounding are zero. */
  convolve(a: Float64Array, b: Float64Array): Float64Array {
    const re = this.#real;
    const im = this.#imaginary;
    re.fill(0);
    im.fill(0);
    re.set(a);
    im.set(b);
    transform(re, im, this.#tables);
    this.#multiply();
    transform(re, im, this.#tables);
    const size = 2 * this.length;
    const result = new Float64Array(this.length);
    // The inverse transform is the forward one read backward.
    result[0] = Math.max(0, re[0]! / size);
    for (let i = 1; i < this.length; i++) result[i] = Math.max(0, re[size - i]! / size);
    return result;
  }

  /** Product of the spectra of the real and the imaginary part, in place. */
  #multiply(): void {
    const re = this.#real;
    const im = this.#imaginary;
    const size = re.length;
    for (let k = 0; k <= size / 2; k++) {
      const mirror = (size - k) % size;
      const aRe = (re[k]! + re[mirror]!) / 2;
      const aIm = (im[k]! - im[mirror]!) / 2;
      const bRe = (im[k]! + im[mirror]!) / 2;
      const bIm = (re[mirror]! - re[k]!) / 2;
      const real = aRe * bRe - aIm * bIm;
      const imaginary = aRe * bIm + aIm * bRe;
      re[k] = real;
      im[k] = imaginary;
      re[mirror] = real;
      im[mirror] = -imaginary;
    }
  }
}

const KNOWN_TABLES = new Map<number, Tables>();

function tablesOf(size: number): Tables {
  const known = KNOWN_TABLES.get(size);
  if (known !== undefined) return known;
  const cosines = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
  const sines = Float64Array.from({ length: size / 2 }, (_, k) => -Math.sin((2 * Math.PI * k) / size));
  const bits = Math.log2(size);
  const reversed = new Uint32Array(size);
  for (let i = 1; i < size; i++) reversed[i] = (reversed[i >> 1]! >> 1) | ((i & 1) << (bits - 1));
  const tables = { cosines, sines, reversed };
  KNOWN_TABLES.set(size, tables);
  return tables;
}

/** Forward Fourier transform in place, radix 2. */
function transform(re: Float64Array, im: Float64Array, tables: Tables): void {
  const size = re.length;
  const { cosines, sines, reversed } = tables;
  for (let i = 0; i < size; i++) {
    const j = reversed[i]!;
    if (j <= i) continue;
    const a = re[i]!;
    const b = im[i]!;
    re[i] = re[j]!;
    im[i] = im[j]!;
    re[j] = a;
    im[j] = b;
  }
  for (let half = 1; half < size; half *= 2) {
    const stride = size / (2 * half);
    for (let k = 0; k < half; k++) {
      const c = cosines[k * stride]!;
      const s = sines[k * stride]!;
      for (let i = k; i < size; i += 2 * half) {
        const j = i + half;
        const x = re[j]! * c - im[j]! * s;
        const y = re[j]! * s + im[j]! * c;
        re[j] = re[i]! - x;
        im[j] = im[i]! - y;
        re[i]! += x;
        im[i]! += y;
      }
    }
  }
}
