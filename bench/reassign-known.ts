/**
 * Published values of the instances of the ROADEF/EURO challenge 2012, sets A and B, for `bench/reassign.ts`. Costs.
 *
 * - `qualification`: best of all teams in the qualification phase, 300 s on two cores, as S. Gualandi lists them ("Challenging MIPs
 *   instances", blog entry of 2012-12-03, read 2026-11).
 * - `certificate`: cheaper answers that the same entry found with Gurobi 5.0.1 within an hour from those.
 * - `gavranovic`: Gavranović, Buljubašić and Demirović, "Variable neighborhood search for Google machine reassignment problem",
 *   Electronic Notes in Discrete Mathematics 39 (2012), the winners (team S41), as later papers quote their table. The paper itself
 *   could not be read again where this was written: these values are quoted from memory of the literature.
 * - `provenBound`: lower bounds of the entry of 2012-12-03 (Gurobi, one hour; "optimal within 300 s" for a1_1, a1_3, a1_5).
 */
export interface PublishedValues {
  readonly qualification?: number;
  readonly certificate?: number;
  readonly gavranovic: number;
  readonly provenBound?: number;
}

/** By instance. */
export const PUBLISHED: Readonly<Record<string, PublishedValues>> = {
  a1_1: { qualification: 44_306_501, gavranovic: 44_306_501, provenBound: 44_306_501 },
  a1_2: { qualification: 777_532_896, gavranovic: 777_536_907, provenBound: 777_530_829 },
  a1_3: { qualification: 583_005_717, gavranovic: 583_005_818, provenBound: 583_005_715 },
  a1_4: { qualification: 252_728_589, gavranovic: 251_524_763, provenBound: 242_404_642 },
  a1_5: { qualification: 727_578_309, gavranovic: 727_578_310, provenBound: 727_578_296 },
  a2_1: { qualification: 198, certificate: 196, gavranovic: 199, provenBound: 120 },
  a2_2: { qualification: 816_523_983, gavranovic: 720_671_548, provenBound: 572_213_976 },
  a2_3: {
    qualification: 1_306_868_761,
    certificate: 1_303_662_728,
    gavranovic: 1_190_713_414,
    provenBound: 1_068_028_987,
  },
  a2_4: { qualification: 1_681_353_943, gavranovic: 1_680_615_425, provenBound: 1_680_231_594 },
  a2_5: {
    qualification: 336_170_182,
    certificate: 336_158_091,
    gavranovic: 309_714_522,
    provenBound: 307_042_542,
  },
  b_1: { gavranovic: 3_307_124_603 },
  b_2: { gavranovic: 1_015_517_386 },
  b_3: { gavranovic: 156_978_411 },
  b_4: { gavranovic: 4_677_961_007 },
  b_5: { gavranovic: 923_610_156 },
  b_6: { gavranovic: 9_525_900_218 },
  b_8: { gavranovic: 1_214_416_705 },
  b_9: { gavranovic: 15_885_548_612 },
};

/** The least of the published costs of an instance; absent where none is known. */
export function bestPublished(instance: string): number | undefined {
  const values = PUBLISHED[instance];
  if (values === undefined) return undefined;
  const { qualification = Infinity, certificate = Infinity, gavranovic } = values;
  return Math.min(qualification, certificate, gavranovic);
}
