/** The names of what is measured of a claim, in their groups, and what the measuring parts share. */
/** docs/guards/groundedness.md tells each. Groups are what is left out together when their share is measured. */
export const featureGroups = {
  size: ["claimWords", "evidenceSentences"],
  overlap: ["missingBest", "missingPool", "missingMany", "missingAll", "newPairs"],
  numbers: [
    "numbers",
    "numberContradicted",
    "numberInPlace",
    "numberTold",
    "numberAbsent",
    "numberElsewhere",
    "numberSwapped",
    "smallNumber",
    "smallInPlace",
    "smallTold",
    "smallSwapped",
  ],
  dates: ["dates", "dateContradicted", "dateInPlace", "dateTold", "dateAbsent", "dateSwapped"],
  names: ["names", "nameMissing", "namePartly", "nameElsewhere", "nameDoubtful", "nameSwapped", "subjectOpen"],
  polarity: [
    "denialAdded",
    "denialDropped",
    "droppedInCopy",
    "opposites",
    "turnedRound",
    "otherKind",
    "rolesTurned",
    "deniedHere",
    "deniedThere",
    "strengthened",
  ],
} as const;
export type FeatureGroup = keyof typeof featureGroups;
export type FeatureName = (typeof featureGroups)[FeatureGroup][number];
export const featureNames: readonly FeatureName[] = Object.values(featureGroups).flat();
export type Features = Readonly<Record<FeatureName, number>>;

export type Part<G extends FeatureGroup> = Readonly<Record<(typeof featureGroups)[G][number], number>>;
/** 0 of none. */
export const shareOf = (count: number, all: number): number => (all === 0 ? 0 : count / all);
/** One that fails is enough; how many there are says how much could. */
export const some = (count: number, most = 1): number => Math.min(count, most) / most;
