// Written by `plimsoll synth --target pulumi`; written again, it replaces this file.
import * as pulumi from '@pulumi/pulumi';
import * as gcp from '@pulumi/gcp';

const config = new pulumi.Config();
/** Region or zone of the GKE cluster */
const clusterLocation = config.require("clusterLocation");
/** Name of the GKE cluster */
const clusterName = config.require("clusterName");
/** Google Cloud project of the cluster */
const projectId = config.require("projectId");

export const _nodeAccount = new gcp.serviceaccount.Account("node-account", {
  accountId: "plimsoll-prod",
  displayName: "Nodes of the plan prod",
  project: projectId,
});

export const _nodeAccountRole = new gcp.projects.IAMMember("node-account-role", {
  project: projectId,
  role: "roles/container.defaultNodeServiceAccount",
  member: pulumi.concat("serviceAccount:", _nodeAccount.email),
});

export const _a3UsCentral1ASpot = new gcp.container.NodePool("a3-us-central1-a-spot", {
  cluster: clusterName,
  location: clusterLocation,
  project: projectId,
  nodeLocations: [
    "us-central1-a",
  ],
  initialNodeCount: 1,
  autoscaling: {
    minNodeCount: 1,
    maxNodeCount: 1,
    locationPolicy: "ANY",
  },
  management: {
    autoRepair: true,
    autoUpgrade: true,
  },
  upgradeSettings: {
    strategy: "SURGE",
    maxSurge: 0,
    maxUnavailable: 1,
  },
  networkConfig: {
    enablePrivateNodes: true,
  },
  nodeConfig: {
    machineType: "a3-highgpu-8g",
    imageType: "COS_CONTAINERD",
    spot: true,
    diskSizeGb: 220,
    diskType: "pd-ssd",
    serviceAccount: _nodeAccount.email,
    oauthScopes: [
      "https://www.googleapis.com/auth/cloud-platform",
    ],
    metadata: {
      "disable-legacy-endpoints": "true",
    },
    workloadMetadataConfig: {
      mode: "GKE_METADATA",
    },
    shieldedInstanceConfig: {
      enableIntegrityMonitoring: true,
      enableSecureBoot: false,
    },
    gvnic: {
      enabled: true,
    },
    labels: {
      "plimsoll.dev/pool": "a3",
    },
    taints: [
      {
        key: "nvidia.com/gpu",
        value: "present",
        effect: "NO_SCHEDULE",
      },
      {
        key: "cloud.google.com/gke-spot",
        value: "true",
        effect: "NO_SCHEDULE",
      },
    ],
    resourceLabels: {
      "plimsoll-stack": "prod",
      "plimsoll-pool": "a3",
    },
    guestAccelerators: [
      {
        type: "nvidia-h100-80gb",
        count: 8,
        gpuDriverInstallationConfig: {
          gpuDriverVersion: "DEFAULT",
        },
      },
    ],
  },
}, { dependsOn: [_nodeAccountRole], ignoreChanges: ["initialNodeCount"] });
