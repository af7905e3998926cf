// The mailbox, and the key that came by mail.

import { announce, byId, el, renew, show } from "./dom.js";
import { post } from "./live.js";
import { now, time, timeWithSeconds } from "./time.js";

let state;
let mails = [];
let open = null;
let asText = false;
const results = new Map();

/** What the reader has done so far, for the steps. */
export const done = { opened: new Set(), used: new Set() };

export function startMail(onStep) {
  byId("mail-as-html").addEventListener("click", () => setText(false));
  byId("mail-as-text").addEventListener("click", () => setText(true));
  byId("key-form").addEventListener("submit", (event) => use(event, onStep));
}

/** Draws what has changed. */
export function drawMail(fresh, onStep) {
  state = fresh;
  if (state.mails.length > mails.length && mails.length + results.size) announce("New mail");
  mails = state.mails;
  const newest = [...mails].reverse().map((mail) => ({ ...mail, chosen: mail.id === open, opened: done.opened.has(mail.id) }));
  renew(byId("mails"), newest, (mail) => mail.id, (mail) => el("li", {},
    el("button", {
      type: "button", class: `mail ${mail.opened ? "" : "unread"}`, "aria-expanded": String(mail.chosen),
      "aria-controls": "mail-view", data: { testid: "mail" }, on: { click: () => openMail(mail, onStep) },
    },
      el("span", { class: "mail-to", text: mail.to.join(", ") }), time(mail.at),
      el("span", { class: "mail-subject", text: mail.subject }))));
  show(byId("mail-empty"), mails.length === 0);
  byId("mail-count").textContent = mails.length || "";
  const actions = byId("key-action");
  if (!actions.childElementCount) {
    actions.replaceChildren(...state.actions.map((action) => el("option", { value: action.id, text: action.label })));
  }
}

function openMail(mail, onStep) {
  open = mail.id;
  done.opened.add(mail.id);
  drawMail(state, onStep);
  byId("mail-subject").textContent = mail.subject;
  byId("mail-line").replaceChildren(`${mail.from} to ${mail.to.join(", ")}, `, timeWithSeconds(mail.at));
  const frame = el("iframe", { sandbox: "", title: "The mail as HTML", srcdoc: mail.html });
  const text = el("pre", { text: mail.text, tabindex: "0" });
  byId("mail-body").replaceChildren(frame, text);
  setText(asText || !mail.html);
  show(byId("mail-view"), true);
  show(byId("key"), Boolean(mail.access_key_id));
  byId("key-id").textContent = mail.access_key_id ?? "";
  drawResults();
  onStep();
}

function setText(wanted) {
  asText = wanted;
  byId("mail-as-html").setAttribute("aria-pressed", String(!wanted));
  byId("mail-as-text").setAttribute("aria-pressed", String(wanted));
  const [frame, text] = byId("mail-body").children;
  if (frame) frame.hidden = wanted;
  if (text) text.hidden = !wanted;
}

async function use(event, onStep) {
  event.preventDefault();
  const button = byId("key-submit");
  const mailId = open;
  button.disabled = true;
  const answer = await post("/api/use-key", { mail_id: mailId, action: byId("key-action").value });
  button.disabled = false;
  const entry = { ...answer, action: answer.action ?? byId("key-action").value, at: now() };
  results.set(mailId, [entry, ...(results.get(mailId) ?? [])].slice(0, 5));
  done.used.add(mailId);
  drawResults();
  onStep();
}

function drawResults() {
  byId("key-result").replaceChildren(...(results.get(open) ?? []).map((entry, index) => el("div", {
    class: `outcome ${entry.allowed ? "allowed" : "denied"} ${index ? "older" : ""}`,
  },
    el("p", { class: "outcome-head" },
      el("b", { text: entry.allowed ? "Allowed" : entry.code ? "Denied" : "Not called" }),
      el("code", { text: entry.action }), timeWithSeconds(entry.at)),
    el("p", { class: "outcome-text" }, entry.code ? el("code", { text: entry.code }) : null, ` ${entry.message ?? ""}`))));
}
