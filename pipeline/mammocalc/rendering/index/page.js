// @ts-check
"use strict";
// The rows lie as columns in the data block. A coded column holds its distinct values once, and for every row the
// number of its value, or -1; a code that all rows share stands there once. Everything from the data is written as
// text, never as markup.
(() => {
  /** @typedef {{ values: any[], codes: number[] }} Coded */
  /** @typedef {Record<"micro" | "macro" | "calcifications" | "clusters" | "vessels" | "vascular" | "size_unknown" | "presence_level" | "seconds", (number | null)[]>} Numbers */
  /** @typedef {Record<"status" | "reason" | "message" | "laterality" | "view" | "distribution" | "between" | "probabilities" | "margin" | "maker" | "flags" | "result" | "overlay" | "thumbnail" | "study" | "seen", Coded>} Codes */
  /** @typedef {Numbers & Codes & { path: string[], uid: (string | null)[] }} Columns */

  /**
   * @typedef {object} Facet
   * @property {"status" | "distribution" | "laterality" | "view" | "reason" | "flags"} name
   * @property {string} title
   * @property {string[][]} atoms What each value of the column consists of.
   * @property {string[]} options
   * @property {Set<string>} chosen
   * @property {Map<string, number>} counts
   * @property {Map<string, { label: HTMLElement, box: HTMLInputElement, count: HTMLElement }>} nodes
   */

  /** @typedef {{ key: string, title: string, value?: (row: number) => any, right?: boolean, descending?: boolean }} Column */

  /** @type {<T extends HTMLElement>(id: string, kind: new () => T) => T} */
  const byIdAs = (id, kind) => {
    const found = document.getElementById(id);
    if (!(found instanceof kind)) throw new Error(`The page has no ${id}.`);
    return found;
  };
  const byId = (/** @type {string} */ id) => byIdAs(id, HTMLElement);

  /** @type {{ rows: number, columns: Columns, appearances: Record<string, { path: string, colour: string }>, descriptors: string[], sentences: Record<string, string>, notice: string, facts: [string, string][] }} */
  const data = JSON.parse(byId("data").textContent ?? "");
  const column = data.columns;
  const total = data.rows;
  for (const item of Object.values(column)) {
    if ("codes" in item && item.codes.length === 1) item.codes = new Array(total).fill(item.codes[0]);
  }
  const sorting = byIdAs("sort", HTMLSelectElement);
  const searching = byIdAs("search", HTMLInputElement);
  const number = new Intl.NumberFormat("en-GB");

  /** @type {<K extends keyof HTMLElementTagNameMap>(tag: K, className?: string, text?: string | null) => HTMLElementTagNameMap[K]} */
  const make = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  /** @type {(name: keyof Codes, row: number) => any} */
  const coded = (name, row) => {
    const code = column[name].codes[row];
    return code < 0 ? null : column[name].values[code];
  };
  /** @type {(value: string) => string} */
  const words = (value) => value.replaceAll("_", " ");
  /** @type {(name: "result" | "overlay", row: number) => string | null} */
  const path = (name, row) => {
    const pattern = coded(name, row);
    return pattern === null ? null : pattern.replace("*", () => column.uid[row] ?? "");
  };
  /** @type {(row: number) => string} */
  const detailsPath = (row) => (path("result", row) ?? "").replace(/^results\//, "details/").replace(/\.json$/, ".html");
  /** @type {(relative: string) => string} */
  const href = (relative) => relative.split("/").map(encodeURIComponent).join("/");
  /** @type {(tag: string, attributes: Record<string, string | number>) => SVGElement} */
  const drawn = (tag, attributes) => {
    const node = /** @type {SVGElement} */ (document.createElementNS("http://www.w3.org/2000/svg", tag));
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
    return node;
  };
  /** @type {(label: string) => SVGElement} */
  const symbol = (label) => {
    const looks = data.appearances[label];
    const svg = drawn("svg", { viewBox: "-1.1 -1.1 2.2 2.2", class: "symbol", "aria-hidden": "true" });
    svg.append(drawn("path", { d: looks.path, fill: looks.colour }));
    return svg;
  };

  // The five probabilities as upright bars, always in the same order, so that place tells them as well as colour.
  /** @type {(row: number) => SVGElement | null} */
  const chart = (row) => {
    const shares = coded("probabilities", row);
    if (shares === null) return null;
    const named = data.descriptors.map((label, place) => /** @type {[string, number]} */ ([label, shares[place]]));
    const spoken = named.filter(([, share]) => share > 0).sort((a, b) => b[1] - a[1]).map(([label, share]) => `${words(label)} about ${share} %`).join(", ");
    const svg = drawn("svg", { viewBox: "0 0 42 18", class: "chart", role: "img", "aria-label": `Probabilities: ${spoken}` });
    const title = drawn("title", {});
    title.textContent = `Probabilities: ${spoken}`;
    svg.append(title);
    named.forEach(([label, share], place) => {
      const height = 0.16 * share;
      svg.append(drawn("rect", { x: place * 8.75, y: 17, width: 7, height: 1, class: "ground" }));
      svg.append(drawn("rect", { x: place * 8.75, y: 17 - height, width: 7, height, fill: data.appearances[label].colour }));
    });
    return svg;
  };

  // ---- filters: one mask per facet over the codes of its column; code -1 stands at place 0
  /** @type {(name: Facet["name"], title: string, order?: string[]) => Facet} */
  const facetOf = (name, title, order = []) => {
    const atoms = column[name].values.map((value) => (Array.isArray(value) ? value : [value]));
    const known = [...new Set(atoms.flat())].sort();
    const options = [...order.filter((item) => known.includes(item)), ...known.filter((item) => !order.includes(item))];
    return { name, title, atoms, options, chosen: new Set(), counts: new Map(), nodes: new Map() };
  };
  const facets = [
    facetOf("status", "Status", ["analysed", "skipped", "failed"]),
    facetOf("distribution", "Distribution", Object.keys(data.appearances)),
    facetOf("laterality", "Side", ["R", "L", "B", "unknown"]),
    facetOf("view", "View"),
    facetOf("reason", "Skipped or failed because"),
    facetOf("flags", "Flags"),
  ];
  const buildFacets = () => {
    for (const facet of facets) {
      if (facet.options.length === 0) continue;
      const set = make("fieldset");
      set.append(make("legend", "", facet.title));
      for (const option of facet.options) {
        const label = make("label", "option");
        const box = make("input");
        box.type = "checkbox";
        box.dataset.facet = facet.name;
        box.value = option;
        box.addEventListener("change", () => {
          if (box.checked) facet.chosen.add(option); else facet.chosen.delete(option);
          apply();
        });
        label.append(box);
        if (facet.name === "distribution") label.append(symbol(option));
        const count = make("span", "number");
        const name = make("span", "name", words(option));
        name.title = data.sentences[option] ?? "";
        label.append(name, count);
        set.append(label);
        facet.nodes.set(option, { label, box, count });
      }
      byId("facets").append(set);
    }
  };

  // ---- order
  /** @type {(name: keyof Numbers) => (row: number) => number | null} */
  const numeric = (name) => (row) => column[name][row];
  /** @type {(name: keyof Codes) => (row: number) => number | null} */
  const ranked = (name) => {
    const order = column[name].values.map((value, code) => /** @type {[string, number]} */ ([words(String(value)), code])).sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    const rank = new Array(order.length);
    order.forEach(([, code], place) => { rank[code] = place; });
    return (row) => { const code = column[name].codes[row]; return code < 0 ? null : rank[code]; };
  };
  /** @type {Column[]} */
  const columns = [
    { key: "picture", title: "" },
    { key: "path", title: "Image", value: (row) => row },
    { key: "status", title: "Status", value: ranked("status") },
    { key: "laterality", title: "Side", value: ranked("laterality") },
    { key: "view", title: "View", value: ranked("view") },
    { key: "distribution", title: "Distribution", value: ranked("distribution") },
    { key: "chart", title: "Shares" },
    { key: "margin", title: "Margin", value: (row) => coded("margin", row), right: true },
    { key: "presence_level", title: "Presence, of 10", value: numeric("presence_level"), right: true, descending: true },
    { key: "calcifications", title: "All", value: numeric("calcifications"), right: true, descending: true },
    { key: "micro", title: "Micro", value: numeric("micro"), right: true, descending: true },
    { key: "macro", title: "Macro", value: numeric("macro"), right: true, descending: true },
    { key: "clusters", title: "Clusters", value: numeric("clusters"), right: true, descending: true },
    { key: "seconds", title: "Seconds", value: numeric("seconds"), right: true, descending: true },
    { key: "details", title: "Flags, or why not analysed" },
    { key: "links", title: "Files" },
  ];
  /** @type {{ layout: string, sort: string, descending: boolean, shown: number[], text: string }} */
  const state = { layout: "grid", sort: "path", descending: false, shown: [], text: "" };
  /** What is searched, once somebody does. @type {string[]} */
  let haystack = [];
  /** @type {(row: number) => boolean} */
  const matches = (row) => {
    if (!haystack.length) {
      haystack = column.path.map((place, i) => [place, column.uid[i] ?? "", coded("maker", i) ?? "", coded("message", i) ?? ""].join("\n").toLowerCase());
    }
    return haystack[row].includes(state.text);
  };

  /** @type {(rows: number[]) => number[]} */
  const inOrder = (rows) => {
    const value = columns.find((item) => item.key === state.sort)?.value ?? ((row) => row);
    const keys = new Array(total);
    for (const row of rows) keys[row] = value(row);
    const sign = state.descending ? -1 : 1;
    return rows.sort((a, b) => {
      const left = keys[a], right = keys[b];
      if (left === right) return a - b;
      if (left === null) return 1; // what has no value comes last in either direction
      if (right === null) return -1;
      return left < right ? -sign : sign;
    });
  };

  const apply = () => {
    const masks = facets.map((facet) => {
      const mask = new Uint8Array(facet.atoms.length + 1);
      mask[0] = facet.chosen.size === 0 ? 1 : 0;
      facet.atoms.forEach((atoms, code) => { mask[code + 1] = facet.chosen.size === 0 || atoms.some((atom) => facet.chosen.has(atom)) ? 1 : 0; });
      return mask;
    });
    const codes = facets.map((facet) => column[facet.name].codes);
    const tallies = facets.map((facet) => new Uint32Array(facet.atoms.length + 1));
    /** @type {number[]} */
    const shown = [];
    for (let row = 0; row < total; row += 1) {
      if (state.text && !matches(row)) continue;
      let misses = 0;
      let missed = -1;
      for (let f = 0; f < facets.length && misses < 2; f += 1) {
        if (!masks[f][codes[f][row] + 1]) { misses += 1; missed = f; }
      }
      // A row counts for a facet if the other facets let it pass: what a click there would show.
      if (misses === 0) {
        shown.push(row);
        for (let f = 0; f < facets.length; f += 1) tallies[f][codes[f][row] + 1] += 1;
      } else if (misses === 1) tallies[missed][codes[missed][row] + 1] += 1;
    }
    state.shown = inOrder(shown);
    facets.forEach((facet, f) => {
      facet.counts = new Map(facet.options.map((option) => [option, 0]));
      facet.atoms.forEach((atoms, code) => atoms.forEach((atom) => facet.counts.set(atom, (facet.counts.get(atom) ?? 0) + tallies[f][code + 1])));
      for (const [option, node] of facet.nodes) {
        const count = facet.counts.get(option) ?? 0;
        node.count.textContent = number.format(count);
        node.label.classList.toggle("none", count === 0);
      }
    });
    byId("count").textContent = shown.length === total ? `${number.format(total)} files` : `${number.format(shown.length)} of ${number.format(total)} files`;
    byId("empty").hidden = shown.length > 0;
    byId("list").scrollTop = 0;
    layOut();
  };

  // ---- the list: only what can be seen is in the document
  const list = byId("list");
  const items = byId("items");
  const CARD = { width: 176, height: 244, gap: 14 };
  const ROW_HEIGHT = 54;
  /** Those in the document, by their place. @type {Map<number, HTMLElement>} */
  const live = new Map();
  let perRow = 1;

  /** @type {(row: number, className: string) => HTMLElement} */
  const picture = (row, className) => {
    const frame = make("div", className);
    if (coded("thumbnail", row)) {
      const image = make("img");
      image.loading = "lazy";
      image.decoding = "async";
      image.alt = "";
      image.src = href((path("overlay", row) ?? "").replace(/^overlays\//, "thumbnails/").replace(/\.[a-z]+$/, ".jpg"));
      frame.append(image);
    }
    return frame;
  };
  /** @type {(row: number) => string} */
  const sideAndView = (row) => [coded("laterality", row), coded("view", row)].filter((part) => part && part !== "unknown").join(" ");
  /** @type {(row: number) => string} */
  const findings = (row) => {
    if (column.micro[row] === null) return "";
    // In the words of mammocalc.rendering.wording.
    const many = (/** @type {number | null} */ count, /** @type {string} */ noun) => `${number.format(count ?? 0)} ${noun}${count === 1 ? "" : "s"}`;
    if (!column.calcifications[row]) return "no calcifications reported";
    const unknown = `${many(column.size_unknown[row], "calcification")} of unknown size`;
    const sizes = column.size_unknown[row] ? unknown : `${number.format(column.micro[row] ?? 0)} micro · ${number.format(column.macro[row] ?? 0)} macro`;
    const arteries = column.vascular[row] ? ` (${number.format(column.vascular[row] ?? 0)} vascular)` : "";
    const vessels = column.vessels[row] ? ` · ${many(column.vessels[row], "vessel")}` : "";
    return `${sizes}${arteries} · ${many(column.clusters[row], "cluster")}${vessels}`;
  };
  /** @type {(row: number) => HTMLElement} */
  const distribution = (row) => {
    const label = coded("distribution", row);
    const line = make("div", "line");
    if (label === null) return line;
    line.append(symbol(label), make("span", "", words(label)));
    return line;
  };
  /** @type {(row: number) => string} */
  const candidates = (row) => (coded("between", row) ?? []).map(words).join(" or ");
  /** @type {(row: number) => string} */
  const nameOf = (row) => column.path[row].split("/").at(-1) ?? "";
  /** @type {(row: number) => string} */
  const details = (row) => coded("message", row) ?? (coded("flags", row) ?? []).map(words).join(", ");

  /** @type {(row: number) => HTMLElement} */
  const card = (row) => {
    const node = make("button", "card");
    node.type = "button";
    const frame = picture(row, "picture");
    const status = coded("status", row);
    const text = make("div", "words");
    if (status === "analysed") {
      const line = distribution(row);
      line.append(make("span", "side", sideAndView(row)));
      text.append(line, make("div", "", candidates(row) || findings(row) || "-"));
    } else {
      frame.append(make("div", "why", coded("message", row) ?? ""));
      text.append(make("div", `status ${status}`, status), make("div", "", words(coded("reason", row) ?? "")));
    }
    const last = make("div", "last");
    last.append(make("span", "dim", nameOf(row)));
    const bars = chart(row);
    if (bars !== null) last.append(bars);
    text.append(last);
    node.append(frame, text);
    node.title = column.path[row];
    node.addEventListener("click", () => showDetail(row));
    return node;
  };
  /** @type {(target: string, text: string, row: number) => HTMLElement} */
  const link = (target, text, row) => {
    const node = make("a", "", text);
    node.href = href(target);
    node.target = "_blank";
    node.rel = "noopener";
    node.setAttribute("aria-label", `${text} of ${column.uid[row]}`);
    return node;
  };
  /** @type {(row: number) => HTMLElement[]} */
  const links = (row) => {
    const nodes = [];
    const [result, overlay] = [path("result", row), path("overlay", row)];
    if (result) nodes.push(link(detailsPath(row), "Page", row));
    if (overlay) nodes.push(link(overlay, "Overlay", row));
    if (result) nodes.push(link(result, "JSON", row));
    const study = coded("study", row);
    if (study) nodes.push(link(study, "Study", row));
    return nodes;
  };
  /** @type {(row: number, place: number) => HTMLElement} */
  const tableRow = (row, place) => {
    const node = make("div", "row");
    node.setAttribute("role", "row");
    node.setAttribute("aria-rowindex", String(place + 2));
    const cells = [picture(row, "picture")];
    const name = make("div", "two");
    const open = make("button", "open", column.path[row]);
    open.type = "button";
    open.title = column.path[row];
    open.addEventListener("click", () => showDetail(row));
    name.append(open, make("div", "", column.uid[row] ?? "no UID"));
    const status = make("div");
    status.append(make("span", `status ${coded("status", row)}`, coded("status", row)));
    cells.push(name, status);
    const named = make("div");
    named.append(distribution(row));
    if (candidates(row)) named.append(make("div", "between", candidates(row)));
    const shares = make("div");
    const bars = chart(row);
    if (bars !== null) shares.append(bars);
    const margin = coded("margin", row);
    cells.push(make("div", "", coded("laterality", row) ?? ""), make("div", "", coded("view", row) ?? ""), named, shares);
    cells.push(make("div", "right", margin === null ? "" : margin.toFixed(2)));
    for (const key of /** @type {const} */ (["presence_level", "calcifications", "micro", "macro", "clusters", "seconds"])) {
      const value = column[key][row];
      const digits = key === "presence_level" ? 1 : key === "seconds" ? 2 : 0;
      cells.push(make("div", "right", value === null ? "" : value.toFixed(digits)));
    }
    const why = make("div", "wrap", details(row));
    why.title = details(row);
    const files = make("div");
    links(row).forEach((item, index) => files.append(index ? " · " : "", item));
    cells.push(why, files);
    for (const cell of cells) cell.setAttribute("role", "cell");
    node.append(...cells);
    return node;
  };

  const layOut = () => {
    const grid = state.layout === "grid";
    for (const node of live.values()) node.remove();
    live.clear();
    const inner = list.clientWidth - 2 * CARD.gap;
    perRow = grid ? Math.max(Math.floor((inner + CARD.gap) / (CARD.width + CARD.gap)), 1) : 1;
    const lines = Math.ceil(state.shown.length / perRow);
    items.style.height = `${grid ? lines * (CARD.height + CARD.gap) + CARD.gap : lines * ROW_HEIGHT}px`;
    items.setAttribute("role", grid ? "group" : "rowgroup");
    items.setAttribute("aria-label", grid ? "Images" : "");
    byId("head").hidden = grid;
    if (grid) list.removeAttribute("role"); else { list.setAttribute("role", "table"); list.setAttribute("aria-rowcount", String(state.shown.length + 1)); }
    byId("as-grid").setAttribute("aria-pressed", String(grid));
    byId("as-table").setAttribute("aria-pressed", String(!grid));
    for (const cell of /** @type {NodeListOf<HTMLElement>} */ (byId("head").querySelectorAll("[data-key]"))) {
      if (cell.dataset.key === state.sort) cell.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    sorting.value = state.sort;
    byId("direction").textContent = state.descending ? "↓" : "↑";
    byId("direction").setAttribute("aria-label", state.descending ? "Largest first; show smallest first" : "Smallest first; show largest first");
    draw();
  };
  /** @type {(node: HTMLElement, place: number, grid: boolean, height: number) => void} */
  const putInPlace = (node, place, grid, height) => {
    if (grid) node.style.left = `${CARD.gap + (place % perRow) * (CARD.width + CARD.gap)}px`;
    node.style.top = `${Math.floor(place / perRow) * height + (grid ? CARD.gap : 0)}px`;
  };
  const draw = () => {
    const grid = state.layout === "grid";
    const height = grid ? CARD.height + CARD.gap : ROW_HEIGHT;
    const first = Math.max(Math.floor(list.scrollTop / height) - 3, 0) * perRow;
    const last = Math.min((Math.ceil((list.scrollTop + list.clientHeight) / height) + 3) * perRow, state.shown.length);
    for (const [place, node] of live) {
      if ((place < first || place >= last) && !node.contains(document.activeElement)) { node.remove(); live.delete(place); }
    }
    for (let place = first; place < last; place += 1) {
      if (live.has(place)) continue;
      const node = grid ? card(state.shown[place]) : tableRow(state.shown[place], place);
      node.dataset.place = String(place);
      putInPlace(node, place, grid, height);
      // The order in the document is the order of the keyboard.
      let after = null;
      for (const child of items.children) if (Number(child.getAttribute("data-place")) > place) { after = child; break; }
      items.insertBefore(node, after);
      live.set(place, node);
    }
  };
  /** @type {(place: number) => void} */
  const focusPlace = (place) => {
    if (place < 0 || place >= state.shown.length) return;
    const grid = state.layout === "grid";
    const height = grid ? CARD.height + CARD.gap : ROW_HEIGHT;
    const top = Math.floor(place / perRow) * height;
    const head = byId("head").offsetHeight;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + height + head + CARD.gap > list.scrollTop + list.clientHeight) list.scrollTop = top + height + head + CARD.gap - list.clientHeight;
    draw();
    const node = live.get(place);
    const taking = grid ? node : node?.querySelector(".open");
    if (taking instanceof HTMLElement) taking.focus({ preventScroll: true });
    draw();
  };

  // ---- one image, large
  const dialog = byIdAs("detail", HTMLDialogElement);
  let current = -1;
  /** @type {(row: number) => HTMLElement} */
  const frame = (row) => {
    const node = make("iframe");
    node.title = `Findings of ${column.uid[row]}`;
    node.src = href(detailsPath(row));
    return node;
  };
  /** @type {(row: number) => void} */
  const showDetail = (row) => {
    current = row;
    const label = coded("distribution", row);
    const called = label === null ? coded("status", row) : [words(label), candidates(row)].filter(Boolean).join(": ");
    byId("detail-title").textContent = [sideAndView(row), called, findings(row)].filter(Boolean).join(" · ");
    byId("detail-text").textContent = [column.path[row], column.uid[row], coded("maker", row)].filter(Boolean).join(" · ");
    byId("detail-seen").textContent = coded("seen", row) ?? "";
    byId("detail-links").replaceChildren(...links(row));
    // A new frame for every image: leafing through them leaves no trace in the browser's history.
    const hadFocus = document.activeElement === byId("detail-inside").firstElementChild;
    byId("detail-inside").replaceChildren(path("result", row) ? frame(row) : make("p", "", details(row) || "Nothing more is known."));
    if (hadFocus) byId("next").focus();
    if (!dialog.open) dialog.showModal();
  };
  /** @type {(by: number) => void} */
  const step = (by) => {
    const place = state.shown.indexOf(current) + by;
    if (place >= 0 && place < state.shown.length) showDetail(state.shown[place]);
  };

  // ---- the top
  /** @type {(parent: HTMLElement, term: string, text: string, className?: string) => void} */
  const addTerm = (parent, term, text, className) => {
    const pair = make("div", className);
    pair.append(make("dt", "", term), make("dd", "", text));
    parent.append(pair);
  };
  const buildTop = () => {
    byId("notice").textContent = data.notice;
    for (const [term, text] of data.facts) addTerm(byId("facts"), term, text);
    const tally = (/** @type {keyof Codes} */ name) => {
      /** @type {Map<any, number>} */
      const counts = new Map();
      for (const code of column[name].codes) if (code >= 0) counts.set(column[name].values[code], (counts.get(column[name].values[code]) ?? 0) + 1);
      return counts;
    };
    const status = tally("status");
    const sum = (/** @type {keyof Numbers} */ name) => column[name].reduce((before, value) => (before ?? 0) + (value ?? 0), 0) ?? 0;
    addTerm(byId("totals"), "files", number.format(total));
    for (const name of ["analysed", "skipped", "failed"]) addTerm(byId("totals"), name, number.format(status.get(name) ?? 0), status.get(name) ? name : "");
    addTerm(byId("totals"), "with calcifications", number.format(column.calcifications.filter((value) => (value ?? 0) > 0).length));
    addTerm(byId("totals"), "calcifications", number.format(sum("calcifications")));
    addTerm(byId("totals"), "micro", number.format(sum("micro")));
    addTerm(byId("totals"), "macro", number.format(sum("macro")));
    if (sum("size_unknown")) addTerm(byId("totals"), "of unknown size", number.format(sum("size_unknown")));
    if (sum("vascular")) addTerm(byId("totals"), "of all, vascular", number.format(sum("vascular")));
    addTerm(byId("totals"), "clusters", number.format(sum("clusters")));
    const labels = tally("distribution");
    const parts = [];
    for (const label of Object.keys(data.appearances)) {
      if (!labels.get(label)) continue;
      const part = make("span");
      part.style.flexGrow = String(labels.get(label));
      part.style.background = data.appearances[label].colour;
      part.title = `${words(label)}: ${number.format(labels.get(label) ?? 0)}`;
      byId("shares").append(part);
      parts.push(part.title);
    }
    byId("shares").setAttribute("aria-label", `Distributions: ${parts.join(", ") || "none"}`);
  };
  /** @type {(key: string) => void} */
  const sortBy = (key) => {
    if (state.sort === key) state.descending = !state.descending;
    else { state.sort = key; state.descending = columns.find((item) => item.key === key)?.descending ?? false; }
    apply();
  };
  const buildHead = () => {
    const row = make("div", "row header");
    row.setAttribute("role", "row");
    row.setAttribute("aria-rowindex", "1");
    for (const item of columns) {
      const cell = make("div", item.right ? "right" : "");
      cell.setAttribute("role", "columnheader");
      if (item.value) {
        cell.dataset.key = item.key;
        const button = make("button", "", item.title);
        button.type = "button";
        button.addEventListener("click", () => sortBy(item.key));
        cell.append(button);
        const option = make("option", "", item.title);
        option.value = item.key;
        byId("sort").append(option);
      } else cell.append(make("span", "dim", item.title));
      row.append(cell);
    }
    byId("head").append(row);
  };

  buildTop();
  buildFacets();
  buildHead();
  /** @type {(layout: string) => void} */
  const setLayout = (layout) => { state.layout = layout; list.scrollTop = 0; layOut(); };
  byId("as-grid").addEventListener("click", () => setLayout("grid"));
  byId("as-table").addEventListener("click", () => setLayout("table"));
  sorting.addEventListener("change", () => { state.descending = false; state.sort = ""; sortBy(sorting.value); });
  byId("direction").addEventListener("click", () => sortBy(state.sort));
  searching.addEventListener("input", () => { state.text = searching.value.trim().toLowerCase(); apply(); });
  byId("clear").addEventListener("click", () => {
    for (const facet of facets) { facet.chosen.clear(); for (const node of facet.nodes.values()) node.box.checked = false; }
    state.text = "";
    searching.value = "";
    apply();
  });
  list.addEventListener("scroll", draw, { passive: true });
  window.addEventListener("resize", layOut);
  list.addEventListener("keydown", (event) => {
    const holder = event.target instanceof Element ? event.target.closest("[data-place]") : null;
    if (!holder) return;
    const place = Number(holder.getAttribute("data-place"));
    /** @type {Record<string, number>} */
    const moves = { ArrowDown: perRow, ArrowUp: -perRow };
    if (state.layout === "grid") Object.assign(moves, { ArrowRight: 1, ArrowLeft: -1 });
    let target = null;
    if (event.key in moves) target = place + moves[event.key];
    else if (event.key === "Home") target = 0;
    else if (event.key === "End") target = state.shown.length - 1;
    if (target === null) return;
    event.preventDefault();
    focusPlace(target);
  });
  byId("close").addEventListener("click", () => dialog.close());
  byId("previous").addEventListener("click", () => step(-1));
  byId("next").addEventListener("click", () => step(1));
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  /** @type {(key: string) => void} */
  const turn = (key) => {
    if (key === "ArrowLeft") step(-1);
    if (key === "ArrowRight") step(1);
  };
  dialog.addEventListener("keydown", (event) => turn(event.key));
  // The frame of an image hands on three keys; anything else that it might say is not listened to.
  window.addEventListener("message", (event) => {
    const inside = byId("detail-inside").firstElementChild;
    if (!dialog.open || !(inside instanceof HTMLIFrameElement) || inside.contentWindow !== event.source || typeof event.data?.mammocalcKey !== "string") return;
    if (event.data.mammocalcKey === "Escape") dialog.close(); else turn(event.data.mammocalcKey);
  });
  // Nothing goes on in a page that is not looked at.
  dialog.addEventListener("close", () => byId("detail-inside").replaceChildren());
  apply();
})();
