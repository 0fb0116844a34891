// @ts-check
// What no type check sees: the elements of a page are those that its scripts know, and every script is checked.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const PACKAGE = new URL("../../pipeline/mammocalc/", import.meta.url);
const read = (/** @type {string} */ name) => readFileSync(new URL(name, PACKAGE), "utf8");

/** The page of each room, and where the elements are named that its scripts ask for. @type {[page: string, names: string, line: RegExp][]} */
const PAGES = [
  ["review/page/index.html", "review/page/element_types.d.ts", /^ {2}"?([\w-]+)"?:/gm],
  ["rendering/index/page.html", "rendering/index/page_elements.js", /^ \* @property \{\w+\} ([\w-]+)$/gm],
  ["rendering/comparison/page.html", "rendering/comparison/page_elements.js", /^ \* @property \{\w+\} ([\w-]+)$/gm],
];

for (const [page, elements, line] of PAGES) {
  test(`every element that scripts ask for is on the page: ${page}`, () => {
    const names = [...read(elements).matchAll(line)].map(([, name]) => name);
    const ids = [...read(page).matchAll(/ id="([\w-]+)"/g)].map(([, id]) => id);
    assert.ok(names.length > 20);
    assert.deepEqual(names.filter((name) => !ids.includes(name)), []);
    assert.equal(new Set(ids).size, ids.length, "an id stands twice");
  });
}

test("every script has its types checked", () => {
  const scripts = readdirSync(PACKAGE, { recursive: true }).map(String).filter((name) => name.endsWith(".js"));
  assert.ok(scripts.length > 70);
  assert.deepEqual(scripts.filter((name) => !read(name).startsWith("// @ts-check\n")), []);
});
