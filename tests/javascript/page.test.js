// @ts-check
// What no type check sees: the elements of index.html are those that the scripts know, and every script is checked.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const PAGE = new URL("../../pipeline/mammocalc/review/page/", import.meta.url);
const read = (/** @type {string} */ name) => readFileSync(new URL(name, PAGE), "utf8");

test("every element that scripts ask for is on the page", () => {
  const [, known] = /export interface Elements \{\n(.*?)\n\}/s.exec(read("element_types.d.ts")) ?? [];
  const names = [...known.matchAll(/^ {2}"?([\w-]+)"?:/gm)].map(([, name]) => name);
  const ids = [...read("index.html").matchAll(/ id="([\w-]+)"/g)].map(([, id]) => id);
  assert.ok(names.length > 40);
  assert.deepEqual(names.filter((name) => !ids.includes(name)), []);
  assert.equal(new Set(ids).size, ids.length, "an id stands twice");
});

test("every script has its types checked", () => {
  const scripts = readdirSync(PAGE).filter((name) => name.endsWith(".js"));
  assert.ok(scripts.length > 30);
  assert.deepEqual(scripts.filter((name) => !read(name).startsWith("// @ts-check\n")), []);
});
