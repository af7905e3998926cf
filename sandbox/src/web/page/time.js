// Times: shown in the zone of whoever looks, with UTC in the title; and countdowns that tick by themselves.

import { el } from "./dom.js";

const utc = (seconds) => new Date(seconds * 1000).toISOString().replace("T", " ").replace(/\.\d+Z$/, " UTC");
const format = (seconds, options) => new Date(seconds * 1000).toLocaleString(undefined, options);

const CLOCK = { hour: "2-digit", minute: "2-digit" };
const CLOCK_SECONDS = { ...CLOCK, second: "2-digit" };

let moved = 0;

/** Sets how far the sandbox's clock was moved forward, in seconds. */
export function setMoved(seconds) {
  moved = seconds;
  document.querySelectorAll(".countdown").forEach(tick);
}

/** Now, by the sandbox's clock, in seconds. */
export const now = () => Date.now() / 1000 + moved;

/** A time as an element. */
export function time(seconds, options = CLOCK) {
  const date = new Date(seconds * 1000);
  return el("time", { datetime: date.toISOString(), title: utc(seconds), text: format(seconds, options) });
}

export const timeWithSeconds = (seconds) => time(seconds, CLOCK_SECONDS);

/** What is left of a time that ends at `end`; it ticks until it is over. */
export function countdown(end, over = "over") {
  const node = el("span", { class: "countdown", data: { end, over }, title: utc(end) });
  tick(node);
  return node;
}

function tick(node) {
  const left = Number(node.dataset.end) - now();
  const text = left > 0 ? words(Math.ceil(left)) : node.dataset.over;
  if (node.textContent !== text) node.textContent = text;
  node.classList.toggle("soon", left > 0 && left <= 30);
  node.classList.toggle("over", left <= 0);
}

setInterval(() => document.querySelectorAll(".countdown").forEach(tick), 250);

/** A length of time in words such as `1 h 05 min`. */
export function words(seconds) {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const two = (number) => String(number).padStart(2, "0");
  if (h > 0) return m ? `${h} h ${two(m)} min` : `${h} h`;
  if (m > 0) return s ? `${m} min ${two(s)} s` : `${m} min`;
  return `${s} s`;
}

const DAY = 86400;

function day(seconds, options, pretty) {
  const start = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime() / 1000;
  const apart = Math.round((start(new Date(seconds * 1000)) - start(new Date(now() * 1000))) / DAY);
  const near = { "-1": "yesterday", 0: "today", 1: "tomorrow" }[apart];
  return pretty && near ? near : format(seconds, options);
}

const TOKENS = {
  date_num: (s) => new Date(s * 1000).toISOString().slice(0, 10),
  date: (s) => day(s, { dateStyle: "long" }, false),
  date_short: (s) => day(s, { dateStyle: "medium" }, false),
  date_long: (s) => day(s, { dateStyle: "full" }, false),
  date_pretty: (s) => day(s, { dateStyle: "long" }, true),
  date_short_pretty: (s) => day(s, { dateStyle: "medium" }, true),
  date_long_pretty: (s) => day(s, { dateStyle: "full" }, true),
  time: (s) => format(s, CLOCK),
  time_secs: (s) => format(s, CLOCK_SECONDS),
};

/** Slack's `<!date^…>`: the pattern filled in for whoever looks. */
export function slackDate(seconds, pattern, fallback) {
  const filled = pattern.replace(/\{(\w+)\}/g, (whole, token) => TOKENS[token]?.(seconds) ?? whole);
  const text = Number.isFinite(seconds) ? filled : fallback;
  return el("time", { datetime: new Date(seconds * 1000).toISOString(), title: utc(seconds), text });
}
