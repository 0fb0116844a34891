// @ts-check
// The time between two examinations in words. Dates are shifted for each patient, so only intervals are known.

const DAYS_OF_A_MONTH = 365.25 / 12;
const FEW_DAYS = 60;  // up to here days are counted

/**
 * How long before (or, where negative, after) another examination one was: `24 months earlier`.
 *
 * @param {number | null | undefined} days
 */
export function sayInterval(days) {
  if (days === null || days === undefined) return "date unknown";
  if (days === 0) return "the same day";
  const away = Math.abs(days);
  const months = Math.round(away / DAYS_OF_A_MONTH);
  const long = away < FEW_DAYS ? `${away} ${away === 1 ? "day" : "days"}` : `${months} months`;
  return `${long} ${days > 0 ? "earlier" : "later"}`;
}
