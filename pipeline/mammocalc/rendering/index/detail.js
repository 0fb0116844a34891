// @ts-check
// One image, large, in a dialog; arrow keys leaf through what the list shows.

import { h } from "../pages/scripts/elements.js";
import { words } from "../pages/scripts/wording.js";
import { linksOf } from "./cards.js";
import { byId } from "./page_elements.js";
import { candidates, findings, remarks, sideAndView } from "./row_words.js";
import { hrefOf } from "./rows.js";

/** @import { Rows } from "./rows.js" */

export class Detail {
  current = -1;

  /**
   * @param {Rows} rows
   * @param {() => number[]} shown Gives what is leafed through.
   */
  constructor(rows, shown) {
    this.rows = rows;
    this.shown = shown;
    const dialog = byId("detail");
    byId("close").addEventListener("click", () => dialog.close());
    byId("previous").addEventListener("click", () => this.step(-1));
    byId("next").addEventListener("click", () => this.step(1));
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("keydown", ({ key }) => this.turn(key));
    // Nothing goes on in a page that is not looked at.
    dialog.addEventListener("close", () => byId("detail-inside").replaceChildren());
    window.addEventListener("message", (event) => this.hear(event));
  }

  /** @param {number} row */
  show(row) {
    const { rows } = this;
    const { path, uid } = rows.columns;
    this.current = row;
    const label = rows.coded("distribution", row);
    const called = label === null ? rows.coded("status", row) : [words(label), candidates(rows, row)].filter(Boolean).join(": ");
    byId("detail-title").textContent = [sideAndView(rows, row), rows.coded("frame", row), called, findings(rows, row)].filter(Boolean).join(" · ");
    byId("detail-text").textContent = [path[row], uid[row], rows.coded("maker", row)].filter(Boolean).join(" · ");
    byId("detail-seen").textContent = rows.coded("seen", row) ?? "";
    byId("detail-links").replaceChildren(...linksOf(rows, row));
    // A new frame for every image: leafing through them leaves no trace in the browser's history.
    const hadFocus = document.activeElement === byId("detail-inside").firstElementChild;
    const page = rows.detailsPage(row);
    byId("detail-inside").replaceChildren(page ? h("iframe", { title: `Findings of ${uid[row]}`, src: hrefOf(page) }) : h("p", {}, remarks(rows, row) || "Nothing more is known."));
    if (hadFocus) byId("next").focus();
    if (!byId("detail").open) byId("detail").showModal();
  }

  /** @param {number} by */
  step(by) {
    const shown = this.shown();
    const next = shown[shown.indexOf(this.current) + by];
    if (next !== undefined) this.show(next);
  }

  /** @param {string} key */
  turn(key) {
    if (key === "ArrowLeft") this.step(-1);
    if (key === "ArrowRight") this.step(1);
  }

  /**
   * The frame of an image hands on three keys; anything else that it might say is not listened to.
   *
   * @param {MessageEvent} event
   */
  hear({ source, data }) {
    const inside = byId("detail-inside").firstElementChild;
    const key = data?.mammocalcKey;
    if (!byId("detail").open || !(inside instanceof HTMLIFrameElement) || inside.contentWindow !== source || typeof key !== "string") return;
    if (key === "Escape") byId("detail").close();
    else this.turn(key);
  }
}
