// The emoji that Keylease writes, drawn here: not every computer has a font for them, and nothing is fetched.

import { el } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const RED = "#d9344f", GREEN = "#2c9f6b", GOLD = "#e0a526", WOOD = "#9a6a3a", INK = "#2b2f3a", WHITE = "#fff";

const fill = (color, d) => ({ d, fill: color });
const line = (color, d, width = 2) => ({
  d, fill: "none", stroke: color, "stroke-width": width, "stroke-linecap": "round", "stroke-linejoin": "round",
});
const DISC = "M10 1.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z";
const HOURGLASS = [
  fill("#f1dfb4", "M5 3h10c0 4-3 5.5-4 7 1 1.5 4 3 4 7H5c0-4 3-5.5 4-7-1-1.5-4-3-4-7z"),
  fill(GOLD, "M7 15.5c.6-2 2-2.5 3-3.5 1 1 2.4 1.5 3 3.5zM7.5 6h5c-.6 1.5-1.7 2.3-2.5 3-.8-.7-1.9-1.5-2.5-3z"),
  line(WOOD, "M4 2.8h12M4 17.2h12"),
];

const DRAWN = {
  checkered_flag: [
    fill(WHITE, "M4 2.5h13v9H4z"),
    fill(INK, "M4 2.5h3.25v3H4zM10.5 2.5h3.25v3H10.5zM7.25 5.5h3.25v3H7.25zM13.75 5.5H17v3h-3.25zM4 8.5h3.25v3H4zM10.5 8.5h3.25v3H10.5z"),
    line("#8a8f9c", "M4 2v16.5", 1.8),
  ],
  hourglass: HOURGLASS,
  hourglass_flowing_sand: HOURGLASS,
  key: [line(GOLD, "M7 9.8a3.7 3.7 0 1 0 0 .4zM7.2 10H18M14 10v3.5M17.3 10v2.6", 2.3)],
  no_entry: [fill(RED, DISC), line(WHITE, "M5.8 10h8.4", 2.8)],
  no_entry_sign: [line(RED, "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM4.8 4.8l10.4 10.4", 2.4)],
  warning: [fill(GOLD, "M10 1.8 19 17.8H1z"), line(INK, "M10 7.5v4.7M10 15.2v.1", 2)],
  white_check_mark: [fill(GREEN, "M4.5 1.5h11a3 3 0 0 1 3 3v11a3 3 0 0 1-3 3h-11a3 3 0 0 1-3-3v-11a3 3 0 0 1 3-3z"),
    line(WHITE, "M5.5 10.3l3.2 3.2 6-7", 2.3)],
  x: [line(RED, "M4 4l12 12M16 4L4 16", 3.2)],
};
const FROM_FONT = {
  alarm_clock: "⏰", bell: "🔔", closed_lock_with_key: "🔐", email: "📧", envelope: "✉️", information_source: "ℹ️",
  lock: "🔒", memo: "📝", octagonal_sign: "🛑", question: "❓", stopwatch: "⏱️", tada: "🎉", unlock: "🔓", wave: "👋",
};

/** The emoji of this name as a node; null when it is none. */
export function emoji(name) {
  if (FROM_FONT[name]) return document.createTextNode(FROM_FONT[name]);
  if (!DRAWN[name]) return null;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  for (const attributes of DRAWN[name]) {
    const path = document.createElementNS(SVG, "path");
    for (const [attribute, value] of Object.entries(attributes)) path.setAttribute(attribute, value);
    svg.append(path);
  }
  return el("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " ") }, svg);
}

/** A `plain_text` with its emoji, as nodes. */
export function withEmoji(text) {
  return text.split(/(:[a-z0-9_+-]+:)/).filter(Boolean).map((part) => {
    const name = /^:([a-z0-9_+-]+):$/.exec(part)?.[1];
    return (name && emoji(name)) ?? document.createTextNode(part);
  });
}
