// @ts-check
// The time between two examinations in words.

export { sayInterval } from "../../rendering/pages/scripts/wording.js";
