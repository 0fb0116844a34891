// @ts-check
// What a list can be filtered by. Rows that pass are counted for each option: what a click on it would show.

/**
 * The values of a column: what each consists of, and for each row the number of its value, or -1.
 *
 * @typedef {{ atoms: string[][], codes: ArrayLike<number> }} Coded
 */

/**
 * @typedef {Coded & { name: string, title: string, options: string[], chosen: Set<string> }} Facet
 */

/**
 * @param {string} name
 * @param {string} title
 * @param {Coded} coded
 * @param {string[]} order Of the options; those that it does not name stand behind by the alphabet.
 * @returns {Facet}
 */
export function facetOf(name, title, { atoms, codes }, order = []) {
  const known = [...new Set(atoms.flat())].sort();
  const options = [...order.filter((item) => known.includes(item)), ...known.filter((item) => !order.includes(item))];
  return { name, title, atoms, codes, options, chosen: new Set() };
}

/**
 * Code what rows have, which may be several things or none.
 *
 * @param {string[][]} rows
 * @returns {Coded}
 */
export function encode(rows) {
  /** @type {Map<string, number>} */
  const numbers = new Map();
  /** @type {string[][]} */
  const atoms = [];
  const codes = rows.map((values) => {
    if (!values.length) return -1;
    const key = values.join("\n");
    if (!numbers.has(key)) numbers.set(key, atoms.push(values) - 1);
    return numbers.get(key) ?? -1;
  });
  return { atoms, codes };
}

/**
 * Whether each value passes a facet; what has none stands at place 0.
 *
 * @param {Facet} facet
 */
function maskOf({ atoms, chosen }) {
  const isOpen = chosen.size === 0;
  return Uint8Array.from([isOpen, ...atoms.map((values) => isOpen || values.some((value) => chosen.has(value)))].map(Number));
}

/**
 * The rows that pass all facets, and by facet and option how many a click there would show.
 *
 * @param {Facet[]} facets
 * @param {number} total How many rows there are.
 * @param {(row: number) => boolean} isFound Whether a row has what is searched for.
 * @returns {{ rows: number[], counts: Map<string, number>[] }}
 */
export function pass(facets, total, isFound) {
  const masks = facets.map(maskOf);
  const tallies = facets.map(({ atoms }) => new Uint32Array(atoms.length + 1));
  /** @type {number[]} */
  const rows = [];
  for (let row = 0; row < total; row += 1) {
    if (!isFound(row)) continue;
    let misses = 0;
    let missed = -1;
    for (let f = 0; f < facets.length && misses < 2; f += 1) {
      if (masks[f][facets[f].codes[row] + 1]) continue;
      misses += 1;
      missed = f;
    }
    // A row counts for a facet if the other facets let it pass.
    if (misses === 0) {
      rows.push(row);
      for (let f = 0; f < facets.length; f += 1) tallies[f][facets[f].codes[row] + 1] += 1;
    } else if (misses === 1) tallies[missed][facets[missed].codes[row] + 1] += 1;
  }
  return { rows, counts: facets.map((facet, f) => countsOf(facet, tallies[f])) };
}

/**
 * @param {Facet} facet
 * @param {Uint32Array} tally
 */
function countsOf({ options, atoms }, tally) {
  const counts = new Map(options.map((option) => [option, 0]));
  atoms.forEach((values, code) => values.forEach((value) => counts.set(value, (counts.get(value) ?? 0) + tally[code + 1])));
  return counts;
}
