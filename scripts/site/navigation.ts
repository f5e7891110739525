import type { PageKind } from './page.ts';

/** One entry of the navigation: the source of a page and where it stands. */
export interface NavigationEntry {
  readonly source: string;
  readonly label?: string;
}

/** Entries under one heading within a kind. */
export interface NavigationGroup {
  readonly kind: PageKind;
  /** Default: the entries stand right below the kind. */
  readonly group?: string;
  readonly entries: readonly NavigationEntry[];
}

/** Names of the kinds, in the order in which they are shown. */
export const KINDS: Readonly<Record<PageKind, string>> = {
  start: 'Start',
  tutorial: 'Tutorials',
  example: 'Examples',
  'how-to': 'How-to guides',
  reference: 'Reference',
  explanation: 'Explanation',
  design: 'Design notes',
};

/** Every page of the site. A test holds that every Markdown file of the documentation is here, once. */
export const NAVIGATION: readonly NavigationGroup[] = [
  { kind: 'start', entries: [{ source: 'docs/index.md', label: 'What Plimsoll is' }] },
  {
    kind: 'tutorial',
    entries: [
      { source: 'docs/tutorials/platform-engineer.md', label: 'Platform engineer' },
      { source: 'docs/tutorials/reviewer.md', label: 'Reviewer' },
      { source: 'docs/tutorials/finance.md', label: 'Finance' },
      { source: 'docs/tutorials/sre.md', label: 'SRE' },
    ],
  },
  {
    kind: 'example',
    entries: [
      { source: 'examples/README.md', label: 'All examples' },
      { source: 'examples/chat/README.md', label: 'Chat on three GPUs' },
      { source: 'examples/long-context/README.md', label: 'Long documents' },
      { source: 'examples/shop/README.md', label: 'Four microservices' },
      { source: 'examples/shop-on-spot/README.md', label: 'Forty services on spot' },
      { source: 'examples/mixed/README.md', label: 'Mixed fleet, budgets' },
      { source: 'examples/on-premises/README.md', label: 'Your own servers' },
      { source: 'examples/github-action/README.md', label: 'GitHub Actions' },
      { source: 'examples/gitlab/README.md', label: 'GitLab CI' },
    ],
  },
  {
    kind: 'how-to',
    group: 'Plan',
    entries: [
      { source: 'docs/how-to/own-traffic.md', label: 'Plan for your traffic' },
      { source: 'docs/how-to/own-hardware.md', label: 'Use your hardware and prices' },
      { source: 'docs/how-to/no-plan.md', label: 'When there is no plan' },
      { source: 'docs/import.md', label: 'Import manifests and load tests' },
      { source: 'docs/replanning.md', label: 'Plan again' },
      { source: 'docs/what-if.md', label: 'Ask what if' },
      { source: 'docs/search-budget.md', label: 'Threads, budgets, resuming' },
    ],
  },
  {
    kind: 'how-to',
    group: 'Review and pay',
    entries: [
      { source: 'docs/report.md', label: 'Read the HTML report' },
      { source: 'docs/pull-requests.md', label: 'Plans in pull requests' },
      { source: 'docs/cost.md', label: 'Cost, FOCUS, actuals' },
      { source: 'docs/policies.md', label: 'Write policies' },
      { source: 'docs/policy-export.md', label: 'Enforce policies at admission' },
    ],
  },
  {
    kind: 'how-to',
    group: 'Run',
    entries: [
      { source: 'docs/apply.md', label: 'Apply a plan' },
      { source: 'docs/drift.md', label: 'Find drift' },
      { source: 'docs/cloud-stacks.md', label: 'Build node groups' },
      { source: 'docs/pack.md', label: 'Pack a cluster by priority' },
      { source: 'docs/spot-fleets.md', label: 'Replay spot traces' },
    ],
  },
  {
    kind: 'how-to',
    group: 'Predict',
    entries: [
      { source: 'docs/estimate-and-simulate.md', label: 'Estimate and simulate' },
      { source: 'docs/search.md', label: 'Best plan of one model' },
      { source: 'docs/accuracy-command.md', label: 'Score and calibrate' },
      { source: 'docs/operator-tables.md', label: 'Bring operator tables' },
    ],
  },
  {
    kind: 'reference',
    group: 'Commands',
    entries: [
      { source: 'docs/commands.md', label: 'Commands' },
      { source: 'docs/diagnostics.md', label: 'Diagnostics' },
      { source: 'docs/terminal.md', label: 'Terminal' },
    ],
  },
  {
    kind: 'reference',
    group: 'Files',
    entries: [
      { source: 'schemas/problem.schema.json', label: 'Stack document' },
      { source: 'schemas/plan.schema.json', label: 'Plan file' },
      { source: 'schemas/catalog.schema.json', label: 'Catalogue file' },
      { source: 'schemas/policy-pack.schema.json', label: 'Policy pack' },
    ],
  },
  {
    kind: 'reference',
    group: 'What may be declared',
    entries: [
      { source: 'docs/traffic.md', label: 'Traffic' },
      { source: 'docs/services.md', label: 'Microservices' },
      { source: 'docs/objectives.md', label: 'Objectives, limits, confidence' },
      { source: 'docs/spot-risk.md', label: 'Spot risk' },
      { source: 'docs/catalog.md', label: 'The catalogue' },
      { source: 'src/catalog/data', label: 'Accelerators and models' },
    ],
  },
  {
    kind: 'reference',
    group: 'What is written',
    entries: [
      { source: 'docs/manifests.md', label: 'Manifests' },
      { source: 'docs/target-profiles.md', label: 'Target profiles' },
    ],
  },
  {
    kind: 'reference',
    group: 'Policy rules',
    entries: [
      { source: 'policies', label: 'All rules' },
      { source: 'policies/cost-guardrails/README.md', label: 'cost-guardrails' },
      { source: 'policies/llm-serving/README.md', label: 'llm-serving' },
      { source: 'policies/reliability/README.md', label: 'reliability' },
      { source: 'policies/security/README.md', label: 'security' },
      { source: 'policies/spot-safety/README.md', label: 'spot-safety' },
      { source: 'policies/tenancy/README.md', label: 'tenancy' },
    ],
  },
  {
    kind: 'explanation',
    group: 'How good it is',
    entries: [
      { source: 'docs/accuracy.md', label: 'Accuracy' },
      { source: 'docs/replay.md', label: 'Replays of real runs' },
      { source: 'docs/benchmarks.md', label: 'Benchmarks' },
      { source: 'docs/search-benchmarks.md', label: 'Benchmarks of the search' },
    ],
  },
  {
    kind: 'explanation',
    group: 'Models',
    entries: [
      { source: 'docs/performance-model.md', label: 'One replica' },
      { source: 'docs/simulation.md', label: 'Engine simulation' },
      { source: 'docs/fleet-simulation.md', label: 'Fleet simulation' },
      { source: 'docs/service-capacity.md', label: 'Capacity of services' },
    ],
  },
  {
    kind: 'explanation',
    group: 'Placement and spot',
    entries: [
      { source: 'docs/placement-benchmarks/mix.md', label: 'Nodes for microservices' },
      { source: 'docs/placement-benchmarks/scale.md', label: 'Scale' },
      { source: 'docs/placement-benchmarks/gpu-mix.md', label: 'Mix of GPU types' },
      { source: 'docs/placement-benchmarks/openb.md', label: 'Online packing' },
      { source: 'docs/placement-benchmarks/reassign.md', label: 'Moves' },
      { source: 'docs/placement-benchmarks/spot-serving.md', label: 'Serving on spot' },
      { source: 'docs/placement-benchmarks/spot-deadline.md', label: 'Jobs on spot' },
    ],
  },
  {
    kind: 'explanation',
    group: 'Inside',
    entries: [
      { source: 'docs/architecture.md', label: 'Architecture' },
      { source: 'docs/cluster-tests.md', label: 'Tests in a cluster' },
    ],
  },
];

/** Folders whose Markdown files are pages by themselves, one after the other, in the order of their names. */
export const DESIGN_FOLDER = 'docs/design';
