// Calcifications in the wall of one artery belong together: in lists and for stepping they are one finding that opens.

const REACH_MM = 15;  // from plaque to plaque of one artery: chains are sought with 10 mm, and are followed over gaps
const USUAL_MM = 0.07;  // of a pixel, where the image does not say

/** The vessels, each with its members in the order of their ids, and what stands alone. */
export function vesselsOf(items, spacing) {
  const [down, across] = spacing ?? [USUAL_MM, USUAL_MM];
  const isNear = (one, other) => Math.hypot((one.row - other.row) * down, (one.column - other.column) * across) <= REACH_MM;
  const rest = new Set(items);
  const groups = [];
  for (const first of items) {
    if (!rest.delete(first)) continue;
    const group = [first];
    for (const member of group) {  // grows while it is walked through
      for (const other of rest) {
        if (!isNear(member, other)) continue;
        rest.delete(other);
        group.push(other);
      }
    }
    groups.push(group.sort((one, other) => one.id - other.id));
  }
  const size = (group) => group.length;
  const vessels = groups.filter((group) => size(group) > 1).sort((one, other) => size(other) - size(one) || one[0].id - other[0].id);
  return [vessels, groups.filter((group) => size(group) === 1).flat()];
}
