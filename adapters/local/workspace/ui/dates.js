// Moments in the reader's own time zone, and the date tokens of Slack's texts.

import { el } from "./dom.js";

const LANGUAGE = "en";
const HOURS = { hour: "2-digit", minute: "2-digit", hourCycle: cycle() };
const CLOCK = new Intl.DateTimeFormat(LANGUAGE, HOURS);
const SECONDS = new Intl.DateTimeFormat(LANGUAGE, { ...HOURS, second: "2-digit" });
const FULL = new Intl.DateTimeFormat(LANGUAGE, {
  ...HOURS,
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
  second: "2-digit",
});
const SHORT = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "short" });
const MONTH = new Intl.DateTimeFormat(LANGUAGE, { month: "long" });
const WEEKDAY = new Intl.DateTimeFormat(LANGUAGE, { weekday: "long" });
const DAY = 86_400_000;

// The page speaks English; whether the day has 12 or 24 hours is the reader's own habit.
function cycle() {
  const own = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
  return own.hourCycle === "h11" || own.hourCycle === "h12" ? "h12" : "h23";
}

/** The moment of a message timestamp such as "1718000000.000100". */
export function momentOf(ts) {
  return new Date(Number(ts) * 1000);
}

/** Hours and minutes. */
export const clock = (moment) => CLOCK.format(moment);

/** Hours, minutes and seconds. */
export const clockWithSeconds = (moment) => SECONDS.format(moment);

/** Day and time in full. */
export const fullDate = (moment) => FULL.format(moment);

/** How many midnights lie between two moments; negative when the first one is earlier. */
function daysFrom(moment, now) {
  const start = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((start(moment) - start(now)) / DAY);
}

const NAMED = { "-1": "yesterday", 0: "today", 1: "tomorrow" };

function named(moment, otherwise) {
  return NAMED[daysFrom(moment, new Date())] ?? otherwise;
}

/** The heading above the messages of a day. */
export function dayTitle(moment) {
  const name = named(moment, "");
  if (name) return name[0].toUpperCase() + name.slice(1);
  return `${WEEKDAY.format(moment)}, ${longDate(moment)}`;
}

function longDate(moment) {
  const day = moment.getDate();
  const tail = day % 100 > 10 && day % 100 < 14 ? "th" : (["th", "st", "nd", "rd"][day % 10] ?? "th");
  const year = moment.getFullYear() === new Date().getFullYear() ? "" : `, ${moment.getFullYear()}`;
  return `${MONTH.format(moment)} ${day}${tail}${year}`;
}

function shortDate(moment) {
  const year = moment.getFullYear() === new Date().getFullYear() ? "" : `, ${moment.getFullYear()}`;
  return `${SHORT.format(moment)}${year}`;
}

const two = (number) => String(number).padStart(2, "0");
const numeric = (moment) =>
  `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;

const UNITS = [
  [60, "second"],
  [60, "minute"],
  [24, "hour"],
  [365, "day"],
  [Infinity, "year"],
];

function ago(moment) {
  const distance = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });
  let amount = (moment - Date.now()) / 1000;
  for (const [size, unit] of UNITS) {
    if (Math.abs(amount) < size) return distance.format(Math.round(amount), unit);
    amount /= size;
  }
  return "";
}

const TOKENS = {
  date_num: numeric,
  date_slash: (moment) => numeric(moment).replaceAll("-", "/"),
  date: longDate,
  date_pretty: (moment) => named(moment, longDate(moment)),
  date_short: shortDate,
  date_short_pretty: (moment) => named(moment, shortDate(moment)),
  date_long: (moment) => `${WEEKDAY.format(moment)}, ${longDate(moment)}`,
  date_long_pretty: (moment) => named(moment, `${WEEKDAY.format(moment)}, ${longDate(moment)}`),
  date_long_full: fullDate,
  day_divider_pretty: dayTitle,
  time: clock,
  time_secs: clockWithSeconds,
  ago,
};

/** Slack's date format with its tokens filled in, or null when the format or the time is not known. */
export function formatDate(seconds, format) {
  const moment = new Date(Number(seconds) * 1000);
  if (!/^\d+$/.test(String(seconds)) || Number.isNaN(moment.getTime())) return null;
  const names = [...format.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  if (names.length === 0 || names.some((name) => !(name in TOKENS))) return null;
  return format.replace(/\{(\w+)\}/g, (_, name) => TOKENS[name](moment));
}

/** A time element whose full date shows when pointed at. */
export function timeElement(moment, text, props = {}) {
  return el("time", { datetime: moment.toISOString(), title: fullDate(moment), ...props }, text);
}
