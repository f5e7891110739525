import { Budget, Fleet, HardwarePool, Service } from 'plimsoll';

/** Four microservices of a shop on any of many AWS instance types. Check it with `npx plimsoll validate examples/shop/stack.ts`. */
const fleet = new Fleet('shop', {
  seed: 1,
  // The gateway's pods call the frontend; each namespace may run twice the planned peak, as while a changed plan is applied.
  tenancy: { clients: ['gateway'], quotas: true },
});

new HardwarePool(fleet, 'general', {
  provider: 'aws',
  region: 'us-east-1',
  zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
  instanceTypes: {
    names: ['c7i.*', 'c7g.*', 'm7i.*', 'm7g.*', 'r7i.*', 'r7g.*'],
    except: ['*.metal*'],
    architectures: ['amd64', 'arm64'],
    vcpus: { min: 2, max: 16 },
  },
  capacityTypes: ['on-demand', 'spot'],
  maxNodes: 40,
  daemonsets: { cpu: '150m', memory: '300Mi', pods: 4 },
});

const payment = new Service(fleet, 'payment', {
  image: 'ghcr.io/example/payment:3.2',
  port: 9000,
  performance: {
    fixed: {
      resources: { requests: { cpu: '200m', memory: '256Mi' }, limits: { memory: '256Mi' } },
      replicas: 3,
      ratePerReplica: '25/s',
    },
  },
  scheduling: { maxPerNode: 1 },
  maxSpotShare: '0%',
});

const cart = new Service(fleet, 'cart', {
  image: 'ghcr.io/example/cart:1.9',
  port: 7070,
  performance: {
    measured: {
      resources: { requests: { cpu: '250m', memory: '128Mi' }, limits: { cpu: '500m', memory: '192Mi' } },
      rows: [
        { rate: '10/s', latency: { p50: '5ms', p99: '18ms' }, cpu: '60m', memory: '70Mi' },
        { rate: '40/s', latency: { p50: '6ms', p99: '31ms' }, cpu: '220m', memory: '88Mi' },
        { rate: '70/s', latency: { p50: '11ms', p99: '95ms' }, cpu: '400m', memory: '104Mi' },
      ],
      source: 'numbers made up for this example',
    },
  },
});

const checkout = new Service(fleet, 'checkout', {
  image: 'ghcr.io/example/checkout:2.0',
  port: 5050,
  calls: [
    { service: cart, perRequest: 2 },
    { service: payment, group: 1 },
  ],
  performance: {
    queueing: {
      sizes: [
        { requests: { cpu: '500m', memory: '256Mi' }, limits: { memory: '256Mi' } },
        { requests: { cpu: '1', memory: '512Mi' }, limits: { memory: '512Mi' } },
      ],
      cpuTime: '12ms',
      variability: 1.2,
      idleTime: '4ms',
      baseMemory: '96Mi',
      memoryPerRequest: '2Mi',
    },
  },
  startup: '20s',
});

new Service(fleet, 'frontend', {
  image: 'ghcr.io/example/frontend:8.1',
  port: 8080,
  environment: { LOG_LEVEL: 'warn' },
  requestClasses: [
    {
      id: 'browse',
      meanRate: '120/s',
      peakToMean: 1.8,
      peakHour: 16,
      calls: [{ service: cart, perRequest: 0.3 }],
    },
    { id: 'buy', meanRate: '6/s', peakToMean: 2, peakHour: 19, burstiness: 1.4 },
  ],
  calls: [{ service: checkout }],
  performance: {
    queueing: {
      sizes: [
        { requests: { cpu: '1', memory: '256Mi' }, limits: { memory: '384Mi' } },
        { requests: { cpu: '2', memory: '384Mi' }, limits: { memory: '512Mi' } },
      ],
      cpuTime: '5ms',
      baseMemory: '128Mi',
      memoryPerRequest: '1Mi',
    },
  },
  slo: { response: { p50: '60ms', p99: '300ms' }, availability: '99.9%' },
  replicas: { min: 3 },
  scheduling: { architectures: ['amd64', 'arm64'], apartFrom: [payment] },
  maxSpotShare: '70%',
  team: 'storefront',
});

new Budget(fleet, 'storefront', { limit: '1500 USD/month', team: 'storefront' });

export default fleet;
