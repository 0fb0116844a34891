// What a reader answers, and what the server says of it.

import type { PairAnswer, PairName, SaidOfPair } from "./relation_types.js";

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
  | ({ type: "judge_pair"; answer: PairAnswer | null } & PairName)
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
  pairs: SaidOfPair[];
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
  /** Whether the ids in it are those of the result that is shown. */
  is_of_this_result: boolean;
  action: Action;
}
