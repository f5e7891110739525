import type { Construct } from 'constructs';
import type {
  ReplicaBoundsDocument,
  RequestClassDocument,
  ServiceCallDocument,
  ServiceDocument,
  ServicePerformanceDocument,
  ServiceSchedulingDocument,
  ServiceSloDocument,
} from '../model/index.ts';
import type { DurationText, PercentText } from '../units/index.ts';
import { Declaration } from './declaration.ts';
import type { DeclaredFacts } from './declaration.ts';
import type { HardwarePool } from './hardware-pool.ts';

/** Requests that one request causes at another service. */
export interface ServiceCallProps extends Omit<ServiceCallDocument, 'service'> {
  /** The service that is called, as a construct or an id. */
  readonly service: Service | string;
}

/** Requests of one kind from outside: `meanRate`, `hourlyRate`, or both (the shape of the hours, scaled to the mean). */
export interface RequestClassProps extends Omit<RequestClassDocument, 'calls'> {
  /** What one request of this class asks of other services; an empty list: nothing. Default: the calls of the service. */
  readonly calls?: readonly ServiceCallProps[];
}

/** Where the pods of a service may run and how they keep apart. */
export interface ServiceSchedulingProps extends Omit<ServiceSchedulingDocument, 'apartFrom'> {
  /** Services whose pods must not share a node with its pods, as constructs or ids. Default: none. */
  readonly apartFrom?: readonly (Service | string)[];
}

/** A microservice to run. */
export interface ServiceProps {
  /** Id of the service, unique among services and language models of the fleet. Default: the id of the construct. */
  readonly id?: string;
  /**
   * What one replica can do, exactly one of `measured` (a table of load and response times), `queueing` (work per request
   * and sizes to choose from) and `fixed` (so many replicas, as they stand).
   */
  readonly performance: ServicePerformanceDocument;
  /** Requests from outside, by class. Default: none, only other services call it. */
  readonly requestClasses?: readonly RequestClassProps[];
  /** What one request to it asks of other services. Default: nothing. */
  readonly calls?: readonly ServiceCallProps[];
  /** Limits on the response times that callers from outside see, and its availability. Default: no limits, `99%`. */
  readonly slo?: ServiceSloDocument;
  /** Bounds on its replicas at any hour. Default: at least 1. */
  readonly replicas?: ReplicaBoundsDocument;
  /** Where its pods may run. Default: on amd64 nodes, spread over the zones with a skew of 1. */
  readonly scheduling?: ServiceSchedulingProps;
  /** Container image. Default: none; it is planned for and deployed by its owner. */
  readonly image?: string;
  /** TCP port that it listens on. Default: none. */
  readonly port?: number;
  /** Entry point of the container. Default: that of the image. */
  readonly command?: readonly string[];
  /** Arguments of the entry point. Default: those of the image. */
  readonly args?: readonly string[];
  /** Environment variables in plain text, by name; no secrets. Default: none. */
  readonly environment?: Readonly<Record<string, string>>;
  /** From pod start until it serves. Default: `30s` (assumed). */
  readonly startup?: DurationText;
  /** Time that a pod may take to finish its requests when told to stop. Default: `30s`, as in Kubernetes. */
  readonly terminationGrace?: DurationText;
  /** Pools it may run on, as constructs or ids. Default: every pool of the fleet. */
  readonly pools?: readonly (HardwarePool | string)[];
  /** Largest share of its replicas on spot capacity, such as `50%`. Default: `100%`. */
  readonly maxSpotShare?: PercentText;
  /** Owner that costs are shown for. Default: none. */
  readonly team?: string;
  /** Kubernetes namespace. Default: the name of the fleet. */
  readonly namespace?: string;
}

/**
 * Declares a microservice made of equal replicas, one pod each.
 *
 *     const cart = new Service(fleet, 'cart', {
 *       performance: {
 *         queueing: { sizes: [{ requests: { cpu: '250m', memory: '128Mi' } }], cpuTime: '3ms' },
 *       },
 *     });
 *     new Service(fleet, 'frontend', {
 *       requestClasses: [{ id: 'browse', meanRate: '120/s', peakToMean: 1.8 }],
 *       calls: [{ service: cart, perRequest: 0.4 }],
 *       performance: {
 *         queueing: { sizes: [{ requests: { cpu: '500m', memory: '256Mi' } }], cpuTime: '4ms' },
 *       },
 *       slo: { response: { p99: '250ms' } },
 *     });
 */
export class Service extends Declaration {
  /** Id of the service, unique among services and language models of the fleet. */
  readonly id: string;
  readonly #props: ServiceProps;

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id);
    this.id = props.id ?? id;
    this.#props = props;
  }

  /** The pools given as constructs, in the order given. */
  get poolConstructs(): readonly HardwarePool[] {
    return (this.#props.pools ?? []).filter((pool) => typeof pool !== 'string');
  }

  /** The services given as constructs: those that it calls, and those that it stays apart from. */
  get serviceConstructs(): readonly Service[] {
    const { calls, requestClasses, scheduling } = this.#props;
    const called = [...(calls ?? []), ...(requestClasses ?? []).flatMap((item) => item.calls ?? [])];
    const named = [...called.map((call) => call.service), ...(scheduling?.apartFrom ?? [])];
    return named.filter((service) => typeof service !== 'string');
  }

  override declare(): DeclaredFacts<'services'> {
    const { calls, pools, requestClasses, scheduling, ...props } = this.#props;
    const item: ServiceDocument = {
      ...props,
      id: this.id,
      ...(requestClasses === undefined ? {} : { requestClasses: requestClasses.map(classDocument) }),
      ...(calls === undefined ? {} : { calls: calls.map(callDocument) }),
      ...(scheduling === undefined ? {} : { scheduling: schedulingDocument(scheduling) }),
      ...(pools === undefined ? {} : { pools: pools.map(idOf) }),
    };
    return { list: 'services', noun: 'Service', id: this.id, item };
  }
}

function idOf(item: { readonly id: string } | string): string {
  return typeof item === 'string' ? item : item.id;
}

function callDocument({ service, ...call }: ServiceCallProps): ServiceCallDocument {
  return { ...call, service: idOf(service) };
}

function classDocument({ calls, ...item }: RequestClassProps): RequestClassDocument {
  return { ...item, ...(calls === undefined ? {} : { calls: calls.map(callDocument) }) };
}

function schedulingDocument({ apartFrom, ...item }: ServiceSchedulingProps): ServiceSchedulingDocument {
  return { ...item, ...(apartFrom === undefined ? {} : { apartFrom: apartFrom.map(idOf) }) };
}
