// Elements from data. Texts of files and headers only ever become text nodes, never markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name in node && name !== "list" && node.namespaceURI !== SVG) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** An HTML element; `on…` are listeners, `data` the data attributes, everything else a property or an attribute. */
export function h(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** The same for SVG. */
export function s(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

export function byId(id) {
  return document.getElementById(id);
}

/** A symbol of the palette, which tells a distribution without its colour. */
export function symbol(look, size = 14) {
  if (!look) return s("svg", { width: size, height: size, "aria-hidden": "true" });
  const path = s("path", { d: look.symbol, fill: look.colour });
  return s("svg", { class: "symbol", viewBox: "-1.1 -1.1 2.2 2.2", width: size, height: size, "aria-hidden": "true" }, path);
}

/** Words for a label of a vocabulary: `not applicable` for `not_applicable`. */
export function words(label) {
  return String(label ?? "").replaceAll("_", " ");
}

/** A probability as people read it, and none as certain. */
export function percent(share) {
  return share < 0.005 ? "< 1 %" : share > 0.995 ? "> 99 %" : `${Math.round(100 * share)} %`;
}

export function millimetres(length) {
  if (length === null || length === undefined) return "size unknown";
  return `${length < 10 ? length.toFixed(2) : length.toFixed(1)} mm`;
}

/** How many are listed, in the words of mammocalc.rendering.wording. */
export function sayCounts(counts) {
  const many = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  if (!counts.calcifications) return "no calcifications reported";
  const sizes = counts.size_unknown ? `${many(counts.size_unknown, "calcification")} of unknown size` : `${counts.micro} micro · ${counts.macro} macro`;
  const vessels = counts.vessels ? ` · ${many(counts.vessels, "vessel")}` : "";
  return `${sizes}${counts.vascular ? ` (${counts.vascular} vascular)` : ""} · ${many(counts.clusters, "cluster")}${vessels}`;
}

/** How sure it is that there is any, in the same words. */
export function sayPresence(level) {
  return level === null || level === undefined ? "presence not judged" : `presence ${level.toFixed(1)} of 10`;
}

/** A listener that takes the second click of a double click for what it is: nobody says and unsays in one. */
export function once(listener) {
  return (event) => {
    if (event.detail < 2) listener(event);
  };
}

let saying = 0;

/** Say something for a moment, aloud too for who uses a screen reader. */
export function say(text, kind = "") {
  const place = byId("toast");
  place.textContent = text;
  place.className = `toast shown ${kind}`;
  clearTimeout(saying);
  saying = setTimeout(() => place.classList.remove("shown"), kind === "bad" ? 8000 : 2600);
}
