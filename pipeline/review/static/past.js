// The dialog of what was answered, and when.

import { getHistory } from "./api.js";
import { byId, h, say, words } from "./dom.js";
import { timeOf } from "./header.js";

function sentenceOf({ type, ...rest }) {
  const about = Object.entries(rest).filter(([, value]) => value !== null);
  return [words(type), ...about.map(([name, value]) => `${words(name)} ${value}`)].join(", ");
}

function line({ time, reader, action, undone_by: undone }) {
  const text = ` ${reader}: ${sentenceOf(action)}${undone ? " (undone)" : ""}`;
  return h("li", { class: undone ? "undone" : "" }, h("time", {}, timeOf(time)), text);
}

export async function showHistory(uid, reader) {
  try {
    const { history } = await getHistory(uid, reader);
    byId("past-list").replaceChildren(...(history.length ? history.map(line) : [h("li", {}, "Nothing yet.")]));
    byId("past").showModal();
  } catch (error) {
    say(error.message, "bad");
  }
}
