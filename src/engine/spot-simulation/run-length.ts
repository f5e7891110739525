/** A week: plans repeat weekly, so a longer replay shows more reclaims but no other load. */
export const SECONDS_PER_WEEK = 7 * 86_400;
