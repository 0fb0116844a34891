// What joins an image to others: the findings of its study, and what a comparison says of it and its prior.
// A test holds the names against the schemas of studies and comparisons.

import type { Point } from "./types.js";

export interface StudyCluster {
  sop_instance_uid: string;
  cluster: number;
}

export interface StudyLink {
  first: StudyCluster;
  second: StudyCluster;
  probability: number | null;
  reasons: string[];
}

export interface StudySighting {
  sop_instance_uid: string;
  cluster: number;
  letter: string;
  view: string;
}

export interface StudyUnseen {
  sop_instance_uid: string;
  view: string;
  arc_mm: number | null;
  band_mm: number | null;
}

/** In the words of BI-RADS; null where they cannot be told. */
export interface StudyLocation {
  quadrant: string | null;
  upper_lower: string | null;
  outer_inner: string | null;
  region: string | null;
  clock: number | null;
  depth: string | null;
  from_nipple_mm: number | null;
  reasons: string[];
}

export interface StudyFinding {
  name: string;
  sightings: StudySighting[];
  links: StudyLink[];
  unseen: StudyUnseen[];
  location: StudyLocation | null;
}

export interface Study {
  findings: StudyFinding[];
  statements: string[];
  notes: string[];
}

export interface ComparisonRegistration {
  kind: string;
  joined: number;
  residual_mm: number | null;
  matched_share: number | null;
  mirrored_share: number | null;
  is_comparable: boolean;
  reasons: string[];
}

export interface ComparisonCluster {
  cluster: number | null;
  prior_clusters: number[];
  change: string;
  members: number;
  prior_members: number;
  joined: number;
  extent_mm: number | null;
  prior_extent_mm: number | null;
  reasons: string[];
}

export interface ComparisonCalcification {
  calcification: number | null;
  prior_calcification: number | null;
  change: string;
  diameter_mm: number | null;
  prior_diameter_mm: number | null;
  cluster: number | null;
  prior_cluster: number | null;
  /** [row, column] in the image in which it was not found. */
  place: Point | null;
  reason: string;
}

/** What was said of an image and its prior. */
export interface Comparison {
  /** Why it, or the prior itself, is not shown. */
  why: string | null;
  /** UID. */
  prior: string;
  interval_days: number | null;
  registration: ComparisonRegistration;
  clusters: ComparisonCluster[];
  calcifications: ComparisonCalcification[];
  notes: string[];
  stability_notice: string;
}

export type ComparisonAnswer = Comparison | { why: string };

export type PairAnswer = "same" | "not_the_same" | "new" | "gone";

/** Two findings, in an image and in another one; null where the one is seen in one of them alone. */
export type PairName = {
  relation: "link" | "change";
  of: "cluster" | "calcification";
  id: number | null;
  other: string;
  other_id: number | null;
};

export type SaidOfPair = PairName & {
  answer: PairAnswer | null;
  /** Of the action: of the two sides of a link, what was said last counts. */
  number: number;
};
