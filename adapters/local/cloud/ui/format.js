// Numbers and times as people read them.

const MANY_ERRORS = 0.05;
const SOME_ERRORS = 0.01;
const SLOW_MS = 500;
const TOO_SLOW_MS = 1000;
const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** A share (0 to 1) in percent, with a digit behind the point where that says something. */
export function share(value) {
  const percent = Math.round(value * 1000) / 10;
  return `${percent < 10 ? percent : Math.round(percent)} %`;
}

/** Milliseconds, from one second on in seconds. */
export function duration(ms) {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** How long ago something was. */
export function age(moment) {
  const seconds = (Date.now() - new Date(moment).getTime()) / 1000;
  for (const [unit, length] of UNITS) {
    const count = Math.floor(seconds / length);
    if (count) return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
  }
  return "just now";
}

/** The part of a digest by which people know it. */
export function shortDigest(digest) {
  return digest ? digest.replace("sha256:", "").slice(0, 8) : "";
}

/** How bad a share of errors is: good, warn, bad, or none without requests. */
export function errorTone(value) {
  if (value === null) return "none";
  if (value > MANY_ERRORS) return "bad";
  return value > SOME_ERRORS ? "warn" : "good";
}

/** How bad a 95th percentile is. */
export function latencyTone(ms) {
  if (ms === null) return "none";
  if (ms > TOO_SLOW_MS) return "bad";
  return ms > SLOW_MS ? "warn" : "good";
}
