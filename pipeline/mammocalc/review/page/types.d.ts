// What the parts of the page and the server hand each other. For the type check alone: nothing of it is served.
// The records of a result have the fields that the page reads; a test holds their names against the result's schema.

export type Point = [number, number];
/** [left, top, right, bottom] in pixels of the stored image. */
export type Box = [number, number, number, number];

// ---------------------------------------------------------------- a result

export interface ResultImage {
  sop_instance_uid: string;
  laterality: string;
  view: string;
  rows: number;
  columns: number;
  pixel_spacing_mm: Point | null;
  patient_orientation: string[];
}

export interface ResultBreast {
  /** [row, column] of each corner. */
  outline: Point[];
}

export interface ResultCounts {
  calcifications: number;
  micro: number;
  macro: number;
  size_unknown: number;
  vascular: number;
  clusters: number;
  vessels: number;
}

export interface ResultDistribution {
  label: string;
  between: string[];
  probabilities: Record<string, number> | null;
  calibrated_on: string | null;
  reasons: string[];
}

export interface ResultMorphology {
  label: string;
  probabilities: Record<string, number>;
  reasons: string[];
}

export interface ResultCalcification {
  id: number;
  letter: string | null;
  row: number;
  column: number;
  diameter_mm: number | null;
  length_mm: number | null;
  width_mm: number | null;
  diameter_px: number;
  size: string;
  score: number;
  contrast_to_noise: number;
  cluster: number | null;
  vessel: number | null;
  morphology: ResultMorphology | null;
  left_out: string | null;
  flags: string[];
}

export interface ResultAssociation {
  descriptor: string;
  malignant_share_range: Point;
  population: string;
  n: number;
  source: string;
  meaning: string;
}

export interface ResultCluster {
  id: number;
  letter: string;
  loose: boolean;
  members: number[];
  extent_mm: number;
  hull: Point[];
  distribution: ResultDistribution;
  morphology: ResultMorphology | null;
  published_association: ResultAssociation | null;
}

export interface ResultVessel {
  id: number;
  letter: string;
  members: number[];
  length_mm: number;
  course: Point[];
}

/** Stored pixel (x, y) lies in the run's own picture at offset + scale * (x, y). */
export interface ResultOverlay {
  scale: number;
  offset: Point;
}

export interface Result {
  image: ResultImage;
  breast: ResultBreast;
  presence_level: number | null;
  counts: ResultCounts;
  calcifications: ResultCalcification[];
  clusters: ResultCluster[];
  vessels: ResultVessel[];
  distribution: ResultDistribution;
  overlay: ResultOverlay | null;
  flags: string[];
}

// ---------------------------------------------------------------- what a reader answers

export type Verdict = "accept" | "reject";

export type Action =
  | { type: "judge_calcification"; id: number; verdict: Verdict | null }
  | { type: "judge_calcifications"; ids: number[]; verdict: Verdict | null }
  | { type: "judge_cluster"; id: number; verdict: Verdict | null }
  | { type: "add_calcification"; row: number; column: number; diameter_mm: number | null }
  | { type: "remove_added"; key: string }
  | { type: "resize_calcification"; id?: number | null; key?: string | null; diameter_mm: number }
  | { type: "set_distribution"; cluster: number | null; label: string | null }
  | { type: "set_morphology"; cluster?: number | null; calcification?: number | null; label: string | null }
  | { type: "comment"; text: string }
  | { type: "agree_image"; agreed?: boolean }
  | { type: "mark_read"; read: boolean }
  | { type: "undo" }
  | { type: "redo" };

/** What can be read off an action of whatever type. */
export interface AnyAction {
  type: string;
  id?: number | null;
  ids?: number[];
  key?: string | null;
  verdict?: Verdict | null;
  diameter_mm?: number | null;
  read?: boolean;
  agreed?: boolean;
}

export interface Said {
  verdict?: Verdict;
  diameter_mm?: number | null;
  distribution?: string;
  morphology?: string;
}

export interface AddedCalcification {
  key: string;
  row: number;
  column: number;
  diameter_mm: number | null;
}

export interface AnswerState {
  calcifications: Record<string, Said>;
  clusters: Record<string, Said>;
  added: AddedCalcification[];
  distribution: string | null;
  comment: string;
  read: boolean;
  agreed: boolean;
  rest_accepted: boolean;
  can_undo: boolean;
  can_redo: boolean;
  undoes: Action | null;
  redoes: Action | null;
  last: number;
  saved_at: string | null;
  unread_of_case: number;
  images_of_case: number;
}

export interface HistoryEntry {
  number: number;
  reader: string;
  time: string;
  undone_by: number | null;
  action: Action;
}

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

export interface ShownImage {
  image: ResultImage;
  result: Result | null;
  pixels: PixelInfo | NoPixels;
  case: string[];
  answers: AnswerState;
}

export interface PaletteEntry {
  colour: string;
  symbol: string;
  dash: number[];
}

export interface Vocabulary {
  distributions: string[];
  cluster_distributions: string[];
  descriptors: string[];
  morphologies: string[];
  palette: Record<string, PaletteEntry>;
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

export interface ListedImage {
  uid: string;
  patient_key: string | null;
  study_uid: string;
  series_uid: string;
  laterality: string;
  view: string;
  rows: number;
  columns: number;
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

/** The elements of index.html by their id. */
export interface Elements {
  agree: HTMLButtonElement;
  "agree-text": HTMLElement;
  answer: HTMLFormElement;
  ask: HTMLDialogElement;
  "ask-text": HTMLElement;
  "ask-title": HTMLElement;
  "ask-yes": HTMLButtonElement;
  canvas: HTMLCanvasElement;
  cards: HTMLElement;
  choose: HTMLDialogElement;
  "choose-hint": HTMLElement;
  "choose-list": HTMLElement;
  "choose-title": HTMLElement;
  clear: HTMLButtonElement;
  comment: HTMLTextAreaElement;
  "comment-save": HTMLButtonElement;
  detail: HTMLElement;
  empty: HTMLElement;
  facets: HTMLFormElement;
  findings: HTMLElement;
  "findings-count": HTMLElement;
  groups: HTMLElement;
  help: HTMLButtonElement;
  home: HTMLButtonElement;
  "image-distribution": HTMLButtonElement;
  keys: HTMLDialogElement;
  "keys-list": HTMLElement;
  notice: HTMLElement;
  order: HTMLSelectElement;
  panes: HTMLElement;
  past: HTMLDialogElement;
  "past-list": HTMLElement;
  place: HTMLElement;
  problem: HTMLElement;
  progress: HTMLElement;
  "progress-bar": HTMLElement;
  "progress-text": HTMLElement;
  read: HTMLButtonElement;
  "read-text": HTMLElement;
  reader: HTMLButtonElement;
  saved: HTMLElement;
  scroll: HTMLElement;
  scrolled: HTMLElement;
  search: HTMLInputElement;
  shown: HTMLOutputElement;
  "single-keys": HTMLInputElement;
  skip: HTMLAnchorElement;
  stage: HTMLElement;
  summary: HTMLElement;
  title: HTMLElement;
  toast: HTMLElement;
  tools: HTMLElement;
  viewer: HTMLElement;
  who: HTMLDialogElement;
  "who-form": HTMLFormElement;
  "who-known": HTMLDataListElement;
  "who-name": HTMLInputElement;
  worklist: HTMLElement;
}
