/**
 * Categories of services and their subcategories, each of which has one parent. Source: FOCUS_Spec, column page of Service Subcategory (introduced in 1.1, same values in 1.2 and 1.4),
 * commit 02645d23d2d4, read 2026-11-22. Every category but Other also has `Other (<category>)`.
 */
const SUBCATEGORIES: Readonly<Record<string, readonly string[]>> = {
  'AI and Machine Learning': [
    'AI Platforms',
    'Bots',
    'Generative AI',
    'Machine Learning',
    'Natural Language Processing',
  ],
  Analytics: [
    'Analytics Platforms',
    'Business Intelligence',
    'Data Processing',
    'Search',
    'Streaming Analytics',
  ],
  'Business Applications': ['Productivity and Collaboration'],
  Compute: ['Containers', 'End User Computing', 'Quantum Compute', 'Serverless Compute', 'Virtual Machines'],
  Databases: [
    'Caching',
    'Data Warehouses',
    'Ledger Databases',
    'NoSQL Databases',
    'Relational Databases',
    'Time Series Databases',
  ],
  'Developer Tools': [
    'Developer Platforms',
    'Continuous Integration and Deployment',
    'Development Environments',
    'Source Code Management',
    'Quality Assurance',
  ],
  Identity: ['Identity and Access Management'],
  Integration: ['API Management', 'Messaging', 'Workflow Orchestration'],
  'Internet of Things': ['IoT Analytics', 'IoT Platforms'],
  'Management and Governance': [
    'Architecture',
    'Compliance',
    'Cost Management',
    'Data Governance',
    'Disaster Recovery',
    'Endpoint Management',
    'Observability',
    'Support',
  ],
  Media: ['Content Creation', 'Gaming', 'Media Streaming', 'Mixed Reality'],
  Migration: ['Data Migration', 'Resource Migration'],
  Mobile: [],
  Multicloud: ['Multicloud Integration'],
  Networking: [
    'Application Networking',
    'Content Delivery',
    'Network Connectivity',
    'Network Infrastructure',
    'Network Routing',
    'Network Security',
  ],
  Security: ['Secret Management', 'Security Posture Management', 'Threat Detection and Response'],
  Storage: ['Backup Storage', 'Block Storage', 'File Storage', 'Object Storage', 'Storage Platforms'],
  Web: ['Application Platforms'],
  Other: [],
};

/** Values that a service category may have, in the order of the specification. */
export const SERVICE_CATEGORIES: readonly string[] = Object.keys(SUBCATEGORIES);

const PARENTS: ReadonlyMap<string, string> = new Map(
  Object.entries(SUBCATEGORIES).flatMap(([category, own]) =>
    [...own, `Other (${category})`].map((name): [string, string] => [name, category]),
  ),
);

/** Values that a service subcategory may have. */
export const SERVICE_SUBCATEGORIES: readonly string[] = [...PARENTS.keys()];

/** The category that a subcategory belongs to; undefined where it is none of the allowed values. */
export function parentCategory(subcategory: string): string | undefined {
  return PARENTS.get(subcategory);
}
