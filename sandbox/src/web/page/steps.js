// The guide: which of the five steps is next, read from what has happened.

import { byId, el, renew } from "./dom.js";
import { done } from "./mail.js";

const STEPS = [
  ["Ask as Dana", "Fill in the form in her Slack."],
  ["Approve as Olivia", "Switch to her Slack and press Approve."],
  ["Read the mail", "The credentials arrive by email only."],
  ["Use the key", "Call AWS with what the mail says."],
  ["Watch it end", "The key dies on time; call again and see."],
];
const NEVER = new Set(["declined", "failed"]);

/** The number of steps that are done for the newest request. */
export function stepsDone(state) {
  const request = [...state.requests].sort((left, right) => right.created_at - left.created_at)[0];
  if (!request || NEVER.has(request.phase)) return 0;
  if (request.phase === "ended") return 5;
  if (request.phase === "undecided") return 1;
  const mail = state.mails.find((known) => known.access_key_id && known.access_key_id === request.access_key_id);
  if (!mail || !done.opened.has(mail.id)) return 2;
  return done.used.has(mail.id) ? 4 : 3;
}

export function drawSteps(state) {
  const count = stepsDone(state);
  const items = STEPS.map(([title, hint], index) => ({
    title, number: index + 1, now: index === count, done: index < count,
    hint: index === 4 && count === 5 ? "It is over. Ask again, or try the dead key." : hint,
  }));
  renew(byId("steps"), items, (item) => item.number, (item) => el("li", {
    class: `step ${item.done ? "done" : ""} ${item.now ? "now" : ""}`, "aria-current": item.now ? "step" : null,
    data: { testid: `step-${item.number}` },
  },
    el("span", { class: "step-number", "aria-hidden": "true", text: item.done ? "✓" : item.number }),
    el("span", { class: "step-words" }, el("b", { text: item.title }), el("small", { text: item.hint })),
    item.done ? el("span", { class: "unseen", text: "done" }) : null));
}
