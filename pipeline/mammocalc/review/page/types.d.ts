// What the parts of the page and the server hand each other. For the type check alone: nothing of it is served.

import type { AddedCalcification, AnswerState, Said, Verdict } from "./answer_types.js";
import type { ComparisonAnswer, Study } from "./relation_types.js";
import type {
  Result, ResultCalcification, ResultCluster, ResultCounts, ResultImage, ResultVessel,
} from "./result_types.js";

export * from "./answer_types.js";
export * from "./element_types.js";
export * from "./relation_types.js";
export * from "./result_types.js";

export type Point = [number, number];
/** [left, top, right, bottom] in pixels of the stored image. */
export type Box = [number, number, number, number];

// ---------------------------------------------------------------- what the server says

export type VoiFunction = "LINEAR" | "LINEAR_EXACT" | "SIGMOID" | "TABLE";

export interface VoiWindow {
  name: string;
  center: number;
  width: number;
  function: VoiFunction;
  /** Greys from 0 to 255. */
  table?: number[];
}

export interface LevelInfo {
  level: number;
  rows: number;
  columns: number;
  tiles: Point;
  tile: number;
}

export interface PixelInfo {
  available: true;
  rows: number;
  columns: number;
  levels: LevelInfo[];
  windows: VoiWindow[];
  offset: number | null;
  slope: number | null;
  min: number;
  max: number;
}

export interface NoPixels {
  available: false;
  why: string;
}

/** The same view of an earlier examination, or the image that a comparison names. */
export interface Prior {
  uid: string;
  days_earlier: number | null;
}

export interface ShownImage {
  /** Of its view: no other one of the examination is called so. */
  name: string;
  image: ResultImage;
  result: Result | null;
  pixels: PixelInfo | NoPixels;
  case: string[];
  prior: Prior | null;
  /** Null where nothing of it may be seen, or it was not written. */
  study: Study | null;
  comparison: ComparisonAnswer | null;
  answers: AnswerState;
}

export interface PaletteEntry {
  colour: string;
  /** Of its symbol, as SVG draws it. */
  path: string;
  dash: number[];
}

export interface Vocabulary {
  distributions: string[];
  cluster_distributions: string[];
  descriptors: string[];
  morphologies: string[];
  palette: Record<string, PaletteEntry>;
  /** From `followed_mm` on a mark follows the outline of what it marks. */
  marks: { followed_mm: number };
  flags: Record<string, string>;
}

export interface RunInfo {
  name: string;
  version: string;
  configuration_digest: string;
  blinded: boolean;
  notice: string;
  reader: string | null;
  readers: string[];
  answers_on_share: boolean;
}

/** Which of the patient's examinations an image belongs to: the newest one is number 1. */
export interface ListedExamination {
  number: number;
  of: number;
  /** Than the newest one; null where a date is unknown. */
  days_earlier: number | null;
}

export interface ListedImage {
  uid: string;
  /** Of its view: no other one of the examination is called so. */
  name: string;
  patient_key: string | null;
  /** One image of the patient, the same for all of theirs. */
  patient: string;
  examination: ListedExamination;
  study_uid: string;
  series_uid: string;
  laterality: string;
  view: string;
  rows: number;
  columns: number;
  frame: number | null;
  number_of_frames: number;
  spacing_mm: Point | null;
  distribution: string | null;
  presence_level: number | null;
  counts: ResultCounts | null;
  seconds: number | null;
  flags: string[];
  thumbnail: boolean;
  overlay: boolean;
  file: string | null;
  read: boolean;
  agreed: boolean;
}

/** A file without a result. */
export interface ListedFile {
  uid?: undefined;
  path: string | null;
  status: string;
  reason: string | null;
  message: string | null;
}

export interface WorklistAnswer {
  images: ListedImage[];
  failed: ListedFile[];
}

// ---------------------------------------------------------------- what the page makes of it

interface FindingBase {
  key: string;
  row: number;
  column: number;
  verdict: Verdict | null;
  said: Said;
  box?: Box;
  label?: string;
}

export interface ClusterFinding extends FindingBase {
  kind: "cluster";
  id: number;
  item: ResultCluster;
  members: ResultCalcification[];
  label: string;
}

export interface CalcificationFinding extends FindingBase {
  kind: "calcification";
  id: number;
  item: ResultCalcification;
}

export interface VesselFinding extends FindingBase {
  kind: "vessel";
  id: number;
  item: ResultVessel;
  members: ResultCalcification[];
}

export interface AddedFinding extends FindingBase {
  kind: "added";
  id: string;
  item: AddedCalcification;
}

export type SpotFinding = CalcificationFinding | AddedFinding;
export type Finding = ClusterFinding | VesselFinding | SpotFinding;
export type Place = { id: number } | { key: string };

/** Which kinds of marks are seen. */
export interface ShownKinds {
  marks: boolean;
  micro: boolean;
  macro: boolean;
  vascular: boolean;
  hulls: boolean;
}

/** A rectangle of the stage in CSS pixels. */
export interface Rectangle {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Ruler {
  from: Point;
  to: Point;
  isOpen?: boolean;
}

/** A circle of the size of a calcification: (x, y) in pixels of the stored image. */
export interface SizeCircle {
  x: number;
  y: number;
  radiusPx: number;
  text: string;
}

/** A circle on the screen, in CSS pixels. */
export interface LensCircle {
  x: number;
  y: number;
  radius: number;
}

export interface Piece {
  name: string;
  texture: WebGLTexture;
  box: Box;
  shrink: number;
  origin: Point;
}

export interface Layer {
  /** In pixels of the stored image. */
  centre: Point;
  /** [x, y] in CSS pixels per pixel, negative where mirrored. */
  scale: Point;
  pieces: Piece[];
  /** The circle outside of which it is not seen. */
  lens?: LensCircle;
  /** That of the lens. */
  window?: VoiWindow | null;
}

/** Rows of panes: how wide each column is in mm, how many rows, and the common scale. */
export interface Arrangement {
  columns: number[];
  down: number;
  pxPerMm: number;
}
