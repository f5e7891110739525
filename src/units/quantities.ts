import type { Quantity } from './brand.ts';

/** An amount of memory or traffic in bytes (not bits). */
export type Bytes = Quantity<'bytes'>;
/** A number of language-model tokens. */
export type Tokens = Quantity<'tokens'>;
/** A span of time in seconds. */
export type Seconds = Quantity<'seconds'>;
/** A span of time in hours; prices are per hour. */
export type Hours = Quantity<'hours'>;
/** Floating point operations; a fused multiply-add counts as two. */
export type Flops = Quantity<'flops'>;
/** Floating point operations per second, dense (no structured sparsity). */
export type FlopsPerSecond = Quantity<'flops/s'>;
/** Bytes per second, one direction. */
export type BytesPerSecond = Quantity<'bytes/s'>;
/** Requests per second. */
export type RequestsPerSecond = Quantity<'requests/s'>;
/** Tokens per second. */
export type TokensPerSecond = Quantity<'tokens/s'>;
/** Electrical power in watts. */
export type Watts = Quantity<'watts'>;
/** Energy in joules. */
export type Joules = Quantity<'joules'>;

/** Hours in the month used by every price and report (365 days × 24 h / 12, the cloud providers' convention). */
export const HOURS_PER_MONTH = 730;
/** Hours in a week; arrival profiles hold one rate per hour of the week. */
export const HOURS_PER_WEEK = 168;

export const bytes = (value: number): Bytes => value as Bytes;
export const gib = (value: number): Bytes => (value * 2 ** 30) as Bytes;
export const tokens = (value: number): Tokens => value as Tokens;
export const seconds = (value: number): Seconds => value as Seconds;
export const milliseconds = (value: number): Seconds => (value / 1e3) as Seconds;
export const hours = (value: number): Hours => value as Hours;
export const flops = (value: number): Flops => value as Flops;
export const flopsPerSecond = (value: number): FlopsPerSecond => value as FlopsPerSecond;
export const teraflops = (value: number): FlopsPerSecond => (value * 1e12) as FlopsPerSecond;
export const bytesPerSecond = (value: number): BytesPerSecond => value as BytesPerSecond;
/** Decimal gigabytes per second (1e9 B/s), the unit of vendor sheets. */
export const gigabytesPerSecond = (value: number): BytesPerSecond => (value * 1e9) as BytesPerSecond;
export const requestsPerSecond = (value: number): RequestsPerSecond => value as RequestsPerSecond;
export const tokensPerSecond = (value: number): TokensPerSecond => value as TokensPerSecond;
export const watts = (value: number): Watts => value as Watts;
export const joules = (value: number): Joules => value as Joules;
