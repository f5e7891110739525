import { toDollars } from '../../units/index.ts';
import type { MicroUsdPerHour } from '../../units/index.ts';

const MEBIBYTE = 2 ** 20;

/** CPU as Kubernetes writes it: `1500` millicores give `1500m`, whole cores lose the suffix. Rounded up. */
export function cpuQuantity(millicores: number): string {
  const whole = Math.ceil(millicores);
  return whole % 1000 === 0 ? String(whole / 1000) : `${whole}m`;
}

/** Memory or storage as Kubernetes writes it, in GiB where it is a whole number of them, else in MiB. Rounded up. */
export function memoryQuantity(bytes: number): string {
  const mebibytes = Math.ceil(bytes / MEBIBYTE);
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;
}

/** Memory to the byte, rounded up: in Mi or Gi where it is a whole number of them, else in bytes. */
export function exactMemoryQuantity(bytes: number): string {
  const whole = Math.ceil(bytes);
  return whole % MEBIBYTE === 0 ? memoryQuantity(whole) : String(whole);
}

/** A price in dollars per hour as plain digits, exact to the micro-dollar: `55.04`. */
export function priceText(price: MicroUsdPerHour): string {
  return toDollars(price)
    .toFixed(6)
    .replace(/\.?0+$/, '');
}
