// @ts-check
"use strict";
(() => {
  /** @typedef {[number, number]} Pair */
  /** @typedef {{ change: string, ids: (number | null)[], at: (Pair | null)[], mm: (number | null)[], clusters: (string | null)[], reason: string }} Mark */
  /** @typedef {{ letter: string | null, prior: (string | null)[], change: string, members: number[], reasons: string[] }} Cluster */
  /**
   * @typedef {{ name: string, patient: string, uids: string[], days: number | null, comparable: boolean, reasons: string[], notes: string[],
   *   looked: boolean[], counts: Record<string, number>, sizes: Pair[], pictures: (string | null)[], crops: (string | null)[],
   *   document: string, clusters: Cluster[], marks: Mark[] }} Compared
   */
  const SVG = "http://www.w3.org/2000/svg";
  const SIDES = ["current", "prior"];
  /** Colours of Okabe and Ito; the shape tells the words apart as well. @type {Record<string, [string, string]>} */
  const LOOKS = {
    matched: ["#56b4e9", "M-1 0A1 1 0 1 0 1 0A1 1 0 1 0 -1 0Z"],
    grown: ["#d55e00", "M0 -1.2L1.1 .9L-1.1 .9Z"],
    smaller: ["#009e73", "M0 1.2L1.1 -.9L-1.1 -.9Z"],
    new: ["#f0e442", "M0 -1.3L1.3 0L0 1.3L-1.3 0Z"],
    new_faint: ["#cfc98a", "M-1 -1H1V1H-1Z"],
    gone: ["#cc79a7", "M-1 -1L1 1M1 -1L-1 1"],
    not_comparable: ["#8d96a1", "M-1 0H1"],
  };
  /** @type {(id: string) => HTMLElement} */
  const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
  /** @type {{ notice: string, stability: string, facts: string[][], notes: string[], words: Record<string, string[]>, crop: Pair, pairs: Compared[] }} */
  const data = JSON.parse(byId("data").textContent ?? "");
  const state = { pair: 0, mark: -1, side: 0, hasLines: true, hidden: new Set(["not_comparable"]) };

  /** @type {<K extends keyof HTMLElementTagNameMap>(tag: K, text?: string | null, className?: string) => HTMLElementTagNameMap[K]} */
  const make = (tag, text, className) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (className) node.className = className;
    return node;
  };
  /** @type {(tag: string, values: Record<string, string | number>) => SVGElement} */
  const draw = (tag, values) => {
    const node = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
    for (const [name, value] of Object.entries(values)) node.setAttribute(name, String(value));
    return node;
  };
  /** @type {(change: string) => string} */
  const colour = (change) => LOOKS[change]?.[0] ?? "#fff";
  /** @type {(change: string) => HTMLElement} */
  const word = (change) => {
    const node = make("span", undefined, "word");
    const symbol = draw("svg", { viewBox: "-2 -2 4 4", "aria-hidden": "true" });
    symbol.append(draw("path", { d: LOOKS[change]?.[1] ?? "", fill: "none", stroke: colour(change), "stroke-width": 0.45 }));
    node.append(symbol, data.words[change]?.[0] ?? change);
    node.title = data.words[change]?.[1] ?? "";
    return node;
  };
  const pair = () => /** @type {Compared} */ (data.pairs[state.pair]);
  /** @type {(counts: Record<string, number>) => string} */
  const counted = (counts) =>
    Object.entries(counts).filter(([, count]) => count).map(([name, count]) => `${count} ${data.words[name]?.[0] ?? name}`).join(" · ");

  /** Who it is, where there are several. @type {(item: Compared) => string} */
  const patientOf = (item) =>
    item.patient && data.pairs.some((other) => other.patient !== item.patient) ? `patient ${item.patient} · ` : "";
  const listPairs = () => {
    byId("pairs").replaceChildren(...data.pairs.map((item, number) => {
      const line = make("li");
      const button = make("button");
      button.type = "button";
      const days = item.days === null ? "interval unknown" : `${item.days} days`;
      button.append(make("div", `${patientOf(item)}${item.name} · ${days}`), make("div", item.comparable ? counted(item.counts) : "not comparable", "dim"));
      button.setAttribute("aria-current", String(number === state.pair));
      button.addEventListener("click", () => show(number));
      line.append(button);
      return line;
    }));
  };

  /** The scale of both pictures, in pixels of the screen for a millimetre. @type {() => number} */
  const scaleOf = () => {
    const width = pair().sizes.reduce((sum, size) => sum + size[0], 0);
    const height = Math.max(...pair().sizes.map((size) => size[1]));
    const room = Math.max(360, byId("stage").parentElement?.clientWidth ?? 900) - 60;
    return Math.min(5, Math.max(1.2, Math.min((room > 900 ? room - 340 : room) / width, Math.max(420, window.innerHeight * 0.78) / height)));
  };

  /** @type {(ends: (number[] | null | undefined)[], change: string, chosen: string) => void} */
  const link = ([from, to], change, chosen) => {
    if (!from || !to) return;
    const [x1 = 0, y1 = 0] = from, [x2 = 0, y2 = 0] = to;
    byId("lines").append(draw("line", { x1, y1, x2, y2, stroke: colour(change), class: `link${chosen}` }));
  };
  const drawStage = () => {
    const now = pair(), scale = scaleOf();
    SIDES.forEach((name, side) => {
      const box = byId(name), size = now.sizes[side] ?? [1, 1], source = now.pictures[side];
      box.style.width = `${size[0] * scale}px`;
      box.style.height = `${size[1] * scale}px`;
      if (source) {
        const image = make("img");
        image.alt = `${name} ${now.name}`;
        image.src = source;
        box.replaceChildren(image);
      } else {
        box.replaceChildren(make("p", "No picture: name the DICOM files with --images.", "none"));
      }
    });
    const lines = byId("lines"), stage = byId("stage").getBoundingClientRect();
    const corners = SIDES.map((name) => {
      const box = byId(name).getBoundingClientRect();
      return [box.left - stage.left, box.top - stage.top];
    });
    lines.replaceChildren();
    now.marks.forEach((mark, number) => {
      if (state.hidden.has(mark.change)) return;
      const ends = mark.at.map((place, side) => place && [(corners[side]?.[0] ?? 0) + place[0] * scale, (corners[side]?.[1] ?? 0) + place[1] * scale]);
      const chosen = number === state.mark ? " chosen" : "";
      if (chosen || (state.hasLines && !mark.ids.includes(null))) link(ends, mark.change, chosen);
      ends.forEach((end, side) => {
        if (!end) return;
        const radius = Math.max(4, ((mark.mm[side] ?? 0.4) / 2 + 0.6) * scale);
        const kind = mark.ids[side] === null ? " expected" : "";
        const node = draw("path", {
          d: LOOKS[mark.change]?.[1] ?? "", stroke: colour(mark.change), class: `mark${kind}${chosen}`,
          transform: `translate(${end[0]} ${end[1]}) scale(${radius})`, "vector-effect": "non-scaling-stroke",
        });
        node.addEventListener("click", () => choose(number));
        lines.append(node);
      });
    });
  };

  /** @type {(id: string, side: number) => void} */
  const showCrop = (id, side) => {
    const box = byId(id), now = pair(), source = now.crops[side], mark = now.marks[state.mark];
    box.replaceChildren();
    if (!source || !mark?.at[side]) return;
    const [size, columns] = data.crop;
    const image = make("img");
    image.alt = "";
    image.src = source;
    const zoom = 192 / size;
    image.style.width = `${size * columns * zoom}px`;
    image.style.left = `${-(state.mark % columns) * 192}px`;
    image.style.top = `${-Math.floor(state.mark / columns) * 192}px`;
    box.append(image);
  };
  const drawLoupe = () => {
    const mark = pair().marks[state.mark];
    byId("blink-name").textContent = `${SIDES[state.side]} (blinks)`;
    showCrop("blink", state.side);
    showCrop("crop-current", 0);
    showCrop("crop-prior", 1);
    byId("said").replaceChildren(...(mark ? [word(mark.change), `: ${mark.reason}`] : ["Choose a calcification."]));
  };

  /** @type {(id: string, rows: HTMLElement[]) => void} */
  const fill = (id, rows) => byId(id).querySelector("tbody")?.replaceChildren(...rows);
  /** @type {(cells: (string | Node)[]) => HTMLTableRowElement} */
  const row = (cells) => {
    const line = make("tr");
    for (const cell of cells) {
      const node = make("td");
      node.append(cell);
      line.append(node);
    }
    return line;
  };
  /** @type {(value: number | string | null | undefined) => string} */
  const or = (value) => (value === null || value === undefined ? "–" : String(value));

  const drawTables = () => {
    const now = pair();
    fill("clusters", now.clusters.map((item) => row([
      or(item.letter), item.prior.map(or).join(", ") || "–", word(item.change), or(item.members[0]), or(item.members[1]), or(item.members[2]),
      item.reasons.join(". "),
    ])));
    byId("filters").replaceChildren(...Object.keys(data.words).filter((change) => now.counts[change]).map((change) => {
      const label = make("label");
      const box = make("input");
      box.type = "checkbox";
      box.checked = !state.hidden.has(change);
      box.addEventListener("change", () => {
        if (box.checked) state.hidden.delete(change);
        else state.hidden.add(change);
        drawRows();
        drawStage();
      });
      label.append(box, word(change), ` ${now.counts[change]}`);
      return label;
    }));
    drawRows();
  };
  const drawRows = () => {
    const lines = pair().marks.flatMap((mark, number) => {
      if (state.hidden.has(mark.change)) return [];
      const line = row([
        or(mark.ids[0]), or(mark.ids[1]), word(mark.change), or(mark.mm[0]), or(mark.mm[1]), or(mark.clusters[0]), or(mark.clusters[1]), mark.reason,
      ]);
      line.id = `mark-${number}`;
      line.setAttribute("aria-selected", String(number === state.mark));
      line.addEventListener("click", () => choose(number));
      return [line];
    });
    fill("table", lines);
  };

  /** @type {(number: number) => void} */
  const choose = (number) => {
    document.getElementById(`mark-${state.mark}`)?.setAttribute("aria-selected", "false");
    state.mark = number;
    document.getElementById(`mark-${number}`)?.setAttribute("aria-selected", "true");
    drawStage();
    drawLoupe();
  };
  /** @type {(number: number) => void} */
  const show = (number) => {
    state.pair = Math.min(Math.max(number, 0), data.pairs.length - 1);
    const now = pair();
    state.hidden = new Set(now.comparable ? ["not_comparable"] : []);
    state.mark = now.marks.findIndex((mark) => !state.hidden.has(mark.change));
    const days = now.days === null ? "interval unknown" : `${now.days} days between`;
    byId("name").textContent = `${patientOf(now)}${now.name} · ${days}`;
    byId("name").title = now.uids.join(" → ");
    byId("counts").textContent = counted(now.counts);
    byId("document").setAttribute("href", now.document);
    byId("reasons").replaceChildren(...[...now.reasons, ...now.notes].map((text) => make("li", text)));
    listPairs();
    drawTables();
    drawStage();
    drawLoupe();
  };
  /** @type {(step: number) => void} */
  const walk = (step) => {
    const shown = pair().marks.flatMap((mark, number) => (state.hidden.has(mark.change) ? [] : [number]));
    const next = shown[Math.min(Math.max(shown.indexOf(state.mark) + step, 0), shown.length - 1)];
    if (next !== undefined) choose(next);
  };
  const swap = () => {
    state.side = 1 - state.side;
    drawLoupe();
  };

  /** @type {Record<string, () => void>} */
  const keys = {
    b: swap,
    j: () => walk(1),
    k: () => walk(-1),
    n: () => show(state.pair + 1),
    p: () => show(state.pair - 1),
    l: () => {
      state.hasLines = !state.hasLines;
      drawStage();
    },
  };
  window.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    keys[event.key.toLowerCase()]?.();
  });
  window.addEventListener("resize", drawStage);
  byId("swap").addEventListener("click", swap);
  byId("notice").textContent = data.notice;
  byId("stability").textContent = data.stability;
  byId("facts").replaceChildren(...data.facts.map(([name, value]) => {
    const node = make("div");
    node.append(make("dt", name), make("dd", value));
    return node;
  }));
  byId("remarks").replaceChildren(...data.notes.map((text) => make("p", text)));
  if (data.pairs.length) show(0);
})();
