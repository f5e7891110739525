import * as azure from '@pulumi/azure-native';
import type { ResourceClasses } from './resource-classes.ts';

/** What AKS agent pools are made of. */
export const AZURE_CLASSES: ResourceClasses = {
  cloud: 'azure',
  classes: {
    'azure-native:compute:ProximityPlacementGroup': azure.compute.ProximityPlacementGroup,
    'azure-native:containerservice:AgentPool': azure.containerservice.AgentPool,
  },
};
