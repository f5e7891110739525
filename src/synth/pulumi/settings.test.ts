import { describe, expect, it } from 'vitest';
import { camelCase, distinctSettings, settingCollisions } from './settings.ts';

describe('names of settings', () => {
  it('are made of the words before them', () => {
    expect(camelCase('subnet', 'us-east-1a')).toBe('subnetUsEast1a');
    expect(camelCase('capacityReservation', 'h100-eastus-1-reserved')).toBe(
      'capacityReservationH100Eastus1Reserved',
    );
  });

  it('that mean the same are one setting, sorted among the others', () => {
    const subnet = { name: 'subnetA', description: 'of zone a' };
    const cluster = { name: 'clusterName', description: 'of the cluster' };
    expect(distinctSettings([subnet, cluster, { ...subnet }])).toEqual([cluster, subnet]);
    expect(settingCollisions([subnet, cluster, { ...subnet }])).toEqual([]);
  });

  it('that mean different things are refused, as those of pools a-1 and a1 would be', () => {
    const settings = ['a-1', 'a1'].map((pool) => ({
      name: camelCase('reservation', pool),
      description: `for ${pool}`,
    }));
    expect(settingCollisions(settings).map(({ code }) => code)).toEqual(['synth-name-collision']);
  });
});
