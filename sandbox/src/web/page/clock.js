// The sandbox's clock: it can be moved forward, by so much or to what happens next by itself.

import { announce, byId, el, renew, show } from "./dom.js";
import { post } from "./live.js";
import { countdown, now, setMoved, words } from "./time.js";

const MOVES = [["+1 min", 60], ["+10 min", 600], ["+1 h", 3600], ["+8 h", 8 * 3600]];
/** What is due at a moment is looked for up to a second later. */
const AFTER_SECONDS = 1;

export function startClock() {
  byId("clock-moves").replaceChildren(...MOVES.map(([label, seconds]) => el("button", {
    type: "button", class: "button small", text: label, data: { testid: `clock-${seconds}` },
    on: { click: (event) => move(event.currentTarget, seconds) },
  })));
  setInterval(drawTime, 250);
}

/** Draws what has changed. */
export function drawClock({ clock }) {
  setMoved(clock.moved_seconds);
  byId("clock-ahead").textContent = clock.moved_seconds ? `${words(clock.moved_seconds)} ahead` : "";
  drawTime();
  renew(byId("clock-moments"), clock.moments, (moment) => `${moment.request_id} ${moment.what}`, (moment) => el("li", {},
    el("button", {
      type: "button", class: "moment", data: { testid: "clock-moment", what: moment.what },
      on: { click: (event) => move(event.currentTarget, Math.ceil(moment.at - now()) + AFTER_SECONDS) },
    },
      el("b", { text: moment.what }), el("span", { class: "moment-of", text: moment.of }), countdown(moment.at, "now"))));
  show(byId("clock-moments"), clock.moments.length > 0);
}

function drawTime() {
  const date = new Date(now() * 1000);
  const text = date.toLocaleString(undefined, {
    weekday: "short", hour: "2-digit", minute: "2-digit", second: "2-digit",
  });
  const node = byId("clock-time");
  if (node.textContent === text) return;
  node.textContent = text;
  node.dateTime = date.toISOString();
}

async function move(button, seconds) {
  if (seconds < 1 || button.classList.contains("busy")) return;
  button.classList.add("busy");
  const answer = await post("/api/clock", { seconds });
  button.classList.remove("busy");
  byId("clock-problem").textContent = answer.ok ? "" : answer.message;
  if (answer.ok) announce(`The clock was moved by ${words(seconds)}`);
}
