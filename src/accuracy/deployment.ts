/**
 * Facts of a deployment that a benchmark's result may lack, by column of the measurement layout, as text. They fill what
 * a row does not say and never replace what it says.
 */
export type DeploymentFacts = Readonly<Partial<Record<DeploymentColumn, string>>>;

/** The columns that may be filled so. */
export const DEPLOYMENT_COLUMNS = [
  'model',
  'system',
  'backend',
  'precision',
  'tp',
  'pp',
  'attn_dp',
  'moe_ep',
  'gpus',
  'isl',
  'osl',
  'concurrency',
] as const;

export type DeploymentColumn = (typeof DEPLOYMENT_COLUMNS)[number];
