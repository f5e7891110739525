import type { CpuText, DurationText, MemoryText, RateText } from 'plimsoll';

/** One line of the table below. */
interface Row {
  readonly id: string;
  readonly team: string;
  readonly tier: 'edge' | 'logic' | 'store';
  /** What a pod asks for. */
  readonly cpu: CpuText;
  readonly memory: MemoryText;
  /** CPU time of one request. */
  readonly cpuTime: DurationText;
  /** Other services that one request calls, and how often. */
  readonly calls?: Readonly<Record<string, number>>;
  /** Requests from outside, of the services at the edge. */
  readonly requests?: { readonly meanRate: RateText; readonly peakToMean: number; readonly peakHour: number };
  /** 99 % of the requests from outside are answered within this. */
  readonly p99?: DurationText;
}

/** The shop: three services at the edge, 24 with logic, 13 with data. Callers stand before those they call. */
export const SERVICES: readonly Row[] = [
  // What customers and staff meet.
  {
    ...at('web', 'storefront', 'edge', '1', '1Gi', '6ms'),
    calls: { catalog: 1.5, search: 0.4, basket: 0.3, reviews: 0.4, offers: 0.6, media: 1, sessions: 1 },
    requests: { meanRate: '140/s', peakToMean: 1.9, peakHour: 19 },
    p99: '600ms',
  },
  {
    ...at('app', 'storefront', 'edge', '1', '1Gi', '4ms'),
    calls: { catalog: 1, search: 0.5, basket: 0.3, recommendations: 0.5, push: 0.1, sessions: 1 },
    requests: { meanRate: '90/s', peakToMean: 2.2, peakHour: 19 },
    p99: '600ms',
  },
  {
    ...at('backoffice', 'operations', 'edge', '500m', '512Mi', '9ms'),
    calls: { orders: 1, stock: 1, reports: 0.2, audit: 1 },
    requests: { meanRate: '8/s', peakToMean: 2.5, peakHour: 10 },
    p99: '1.5s',
  },
  // Finding things.
  {
    ...at('catalog', 'discovery', 'logic', '1', '1Gi', '4ms'),
    calls: { 'catalog-store': 0.3, prices: 0.5 },
  },
  { ...at('search', 'discovery', 'logic', '2', '4Gi', '18ms'), calls: { 'search-index': 1, ranking: 1 } },
  { ...at('ranking', 'discovery', 'logic', '2', '2Gi', '12ms'), calls: { features: 1 } },
  { ...at('recommendations', 'discovery', 'logic', '2', '2Gi', '15ms'), calls: { features: 2 } },
  { ...at('reviews', 'discovery', 'logic', '500m', '512Mi', '5ms'), calls: { 'review-store': 1 } },
  at('media', 'discovery', 'logic', '1', '2Gi', '3ms'),
  { ...at('offers', 'discovery', 'logic', '500m', '512Mi', '4ms'), calls: { segments: 0.5 } },
  { ...at('segments', 'discovery', 'logic', '500m', '1Gi', '3ms'), calls: { features: 1 } },
  // Buying things.
  {
    ...at('basket', 'checkout', 'logic', '500m', '512Mi', '4ms'),
    calls: { 'basket-store': 1.5, prices: 1, checkout: 0.15 },
  },
  {
    ...at('checkout', 'checkout', 'logic', '1', '1Gi', '14ms'),
    calls: { payment: 1, orders: 1, tax: 1, shipping: 1, fraud: 1, notifications: 1, vouchers: 0.3 },
  },
  { ...at('payment', 'checkout', 'logic', '500m', '512Mi', '8ms'), calls: { 'payment-store': 2, audit: 1 } },
  { ...at('fraud', 'checkout', 'logic', '1', '2Gi', '20ms'), calls: { features: 3 } },
  at('tax', 'checkout', 'logic', '250m', '256Mi', '3ms'),
  { ...at('vouchers', 'checkout', 'logic', '250m', '256Mi', '4ms'), calls: { 'voucher-store': 1 } },
  { ...at('prices', 'checkout', 'logic', '500m', '1Gi', '2ms'), calls: { 'price-store': 0.2 } },
  // Sending things.
  { ...at('orders', 'fulfilment', 'logic', '500m', '1Gi', '7ms'), calls: { 'order-store': 2, stock: 1 } },
  { ...at('stock', 'fulfilment', 'logic', '500m', '512Mi', '4ms'), calls: { 'stock-store': 1 } },
  { ...at('shipping', 'fulfilment', 'logic', '500m', '512Mi', '8ms'), calls: { carriers: 1, addresses: 1 } },
  at('carriers', 'fulfilment', 'logic', '250m', '256Mi', '5ms'),
  { ...at('addresses', 'fulfilment', 'logic', '250m', '512Mi', '4ms'), calls: { 'customer-store': 1 } },
  // Telling people.
  {
    ...at('notifications', 'engagement', 'logic', '250m', '256Mi', '4ms'),
    calls: { mail: 1, push: 0.5 },
  },
  at('mail', 'engagement', 'logic', '250m', '256Mi', '5ms'),
  at('push', 'engagement', 'logic', '250m', '256Mi', '3ms'),
  { ...at('reports', 'operations', 'logic', '1', '2Gi', '60ms'), calls: { 'order-store': 4 } },
  // Keeping things.
  at('sessions', 'platform', 'store', '500m', '2Gi', '1ms'),
  at('features', 'platform', 'store', '1', '4Gi', '2ms'),
  at('audit', 'platform', 'store', '500m', '1Gi', '3ms'),
  at('catalog-store', 'platform', 'store', '1', '4Gi', '4ms'),
  at('search-index', 'platform', 'store', '2', '8Gi', '10ms'),
  at('review-store', 'platform', 'store', '500m', '2Gi', '4ms'),
  at('basket-store', 'platform', 'store', '500m', '2Gi', '2ms'),
  at('payment-store', 'platform', 'store', '500m', '2Gi', '4ms'),
  at('voucher-store', 'platform', 'store', '500m', '1Gi', '3ms'),
  at('price-store', 'platform', 'store', '500m', '2Gi', '2ms'),
  at('order-store', 'platform', 'store', '1', '4Gi', '5ms'),
  at('stock-store', 'platform', 'store', '500m', '2Gi', '3ms'),
  at('customer-store', 'platform', 'store', '500m', '2Gi', '3ms'),
];

function at(
  id: string,
  team: string,
  tier: Row['tier'],
  ...[cpu, memory, cpuTime]: [CpuText, MemoryText, DurationText]
): Row {
  return { id, team, tier, cpu, memory, cpuTime };
}
