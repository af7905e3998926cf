// Slack as one person sees it: who they are, and their messages.

import { drawBlock, setWorld, world } from "./blocks.js";
import { announce, byId, el, renew, show } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { time } from "./time.js";
import { post } from "./live.js";

let state;
let person = "U0DANA";
const seen = new Map();

/** Who Slack is shown as. */
export const current = () => state.people.find((known) => known.id === person);

/** Draws what has changed. */
export function drawSlack(fresh, onPerson) {
  state = fresh;
  setWorld(state);
  for (const { id } of state.people) noteNew(id);
  drawPeople(onPerson);
  drawFeed();
}

function noteNew(id) {
  const messages = state.views[id] ?? [];
  const known = seen.get(id) ?? { ids: new Set(), unread: 0 };
  const fresh = messages.filter((message) => !known.ids.has(signature(message)));
  if (seen.has(id) && fresh.length) {
    announce(`New in ${world.person(id)}'s Slack: ${spoken(fresh.at(-1).text)}`);
    if (id !== person) known.unread += fresh.length;
  } else if (!seen.has(id) && id !== person) {
    known.unread = messages.length;
  }
  known.ids = new Set(messages.map(signature));
  seen.set(id, known);
}

/** A text as it is read out, without its markup. */
const spoken = (text) => el("span", {}, ...mrkdwn(text, world)).textContent;

const signature = (message) => `${message.channel} ${message.ts} ${message.edits}`;

function drawPeople(onPerson) {
  const tabs = state.people.map((known) => ({
    ...known, unread: seen.get(known.id).unread, selected: known.id === person,
  }));
  renew(byId("people"), tabs, (tab) => tab.id, (tab) => el("button", {
    type: "button", role: "tab", id: `tab-${tab.id}`, class: "person",
    "aria-selected": String(tab.selected), "aria-controls": "slack-panel", tabindex: tab.selected ? "0" : "-1",
    data: { testid: `person-${tab.id}` }, on: { click: () => choose(tab.id, onPerson), keydown: (event) => arrow(event, onPerson) },
  },
    avatar(tab), el("span", { class: "person-name" }, el("b", { text: tab.real_name }),
      el("small", { text: tab.deleted ? "has left" : tab.title })),
    tab.unread ? el("span", { class: "badge", text: tab.unread, "aria-label": `${tab.unread} new` }) : null,
  ));
  byId("slack-panel").setAttribute("aria-labelledby", `tab-${person}`);
}

function choose(id, onPerson) {
  person = id;
  seen.get(id).unread = 0;
  byId("feed").replaceChildren();
  drawPeople(onPerson);
  drawFeed();
  byId(`tab-${id}`).focus();
  onPerson();
}

function arrow(event, onPerson) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const at = state.people.findIndex((known) => known.id === person);
  choose(state.people.at((at + step) % state.people.length).id, onPerson);
}

function avatar(known) {
  return el("span", { class: `avatar ${known.id}`, "aria-hidden": "true", text: known.real_name[0] });
}

function drawFeed() {
  const messages = state.views[person] ?? [];
  const feed = byId("feed");
  const panel = byId("slack-panel");
  const atEnd = panel.scrollHeight - panel.scrollTop - panel.clientHeight < 80;
  const before = feed.childElementCount;
  renew(feed, threads(messages), (message) => `${message.channel} ${message.ts}`, drawMessage);
  if (!feed.hidden && messages.length && (atEnd || before === 0)) panel.scrollTop = panel.scrollHeight;
  show(byId("feed-empty"), messages.length === 0);
  byId("feed-empty").textContent = person === "U0DANA"
    ? "No messages yet. Ask for access above; what happens to it is told here."
    : "No messages yet. When someone asks, the request appears here with its buttons.";
}

/** Messages with the replies in their threads; a reply to what is not seen stands for itself. */
function threads(messages) {
  const of = ({ channel }, ts) => `${channel} ${ts}`;
  const seenIds = new Set(messages.map((message) => of(message, message.ts)));
  const isReply = (message) => message.thread_ts && seenIds.has(of(message, message.thread_ts));
  return messages.filter((message) => !isReply(message)).map((message) => ({
    ...message, replies: messages.filter((reply) => isReply(reply) && of(reply, reply.thread_ts) === of(message, message.ts)),
  }));
}

function drawMessage(message) {
  const where = world.channel(message.channel);
  const press = ({ action_id }) => post("/api/click", { person, channel: message.channel, ts: message.ts, action_id });
  const replies = message.replies ?? [];
  const body = Array.isArray(message.blocks) && message.blocks.length
    ? message.blocks.map((block) => drawBlock(block, press))
    : [el("p", { class: "block" }, ...mrkdwn(message.text, world))];
  return el("li", { class: "message", data: { testid: "message", ts: message.ts, channel: message.channel } },
    el("img", { class: "app-avatar", src: "/assets/icon.svg", alt: "", width: 36, height: 36 }),
    el("div", { class: "message-main" },
      el("p", { class: "message-head" },
        el("b", { text: "Keylease" }), el("span", { class: "app-badge", text: "APP" }), time(Number(message.ts)),
        el("span", { class: "where", text: where ? `in #${where}` : "direct message" }),
        message.ephemeral_for ? el("span", { class: "where", text: "only visible to you" }) : null),
      ...body,
      message.edits ? el("span", { class: "edited", text: "(edited)" }) : null,
      replies.length ? el("p", { class: "thread-head", text: replies.length === 1 ? "1 reply" : `${replies.length} replies` }) : null,
      replies.length ? el("ol", { class: "thread", data: { testid: "thread" } }, ...replies.map(drawMessage)) : null));
}
