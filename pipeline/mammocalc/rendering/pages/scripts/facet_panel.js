// @ts-check
// The filters beside a list: a box for each option, with its count.

import { h, symbol } from "./elements.js";
import { sayNumber, words } from "./wording.js";

/**
 * @import { Look } from "./elements.js"
 * @import { Facet } from "./facets.js"
 */

/** @typedef {{ label: HTMLElement, box: HTMLInputElement, count: HTMLElement }} Option */

/**
 * @typedef {object} Means
 * @property {Record<string, Look>} looks Of the distributions.
 * @property {Record<string, string>} sentences What flags mean.
 * @property {() => void} changed Called when the reader has chosen.
 */

export class FacetPanel {
  /** Of each facet by its values. @type {Map<string, Option>[]} */
  options = [];

  /**
   * @param {HTMLElement} holder
   * @param {Means} means
   */
  constructor(holder, means) {
    this.holder = holder;
    this.means = means;
  }

  /** @param {Facet[]} facets Those to be seen; one without options is left out. */
  build(facets) {
    this.options = facets.map((facet) => new Map(facet.options.map((value) => [value, this.optionOf(facet, value)])));
    this.holder.replaceChildren(...facets.flatMap(({ title }, f) => {
      const labels = [...this.options[f].values()].map(({ label }) => label);
      return labels.length ? [h("fieldset", {}, h("legend", {}, title), ...labels)] : [];
    }));
  }

  /**
   * @param {Facet} facet
   * @param {string} value
   * @returns {Option}
   */
  optionOf({ name, chosen }, value) {
    const { looks, sentences, changed } = this.means;
    const box = h("input", { type: "checkbox", checked: chosen.has(value), value, data: { facet: name } });
    box.addEventListener("change", () => {
      if (box.checked) chosen.add(value);
      else chosen.delete(value);
      changed();
    });
    const count = h("span", { class: "number" });
    const sentence = sentences[value] ?? null;
    const label = h("label", { class: "option", title: sentence }, box, name === "distribution" ? symbol(looks[value]) : null,
      h("span", { class: "name", title: sentence }, words(value)), count);
    return { label, box, count };
  }

  /** @param {Map<string, number>[]} counts Of each facet. */
  say(counts) {
    this.options.forEach((options, f) => {
      for (const [value, { label, count }] of options) {
        const shown = counts[f].get(value) ?? 0;
        count.textContent = sayNumber(shown);
        label.classList.toggle("none", shown === 0);
      }
    });
  }

  /** Show that nothing is chosen. */
  clear() {
    for (const options of this.options) for (const { box } of options.values()) box.checked = false;
  }
}
