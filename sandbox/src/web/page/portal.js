// The AWS access portal as one person sees it: what they may open, and what they have open. No secret is sent to anybody.

import { byId, el, renew, show } from "./dom.js";
import { post } from "./live.js";
import { current } from "./slack.js";
import { countdown } from "./time.js";

const results = new Map();
let state;

/** Draws what has changed. */
export function drawPortal(fresh) {
  state = fresh;
  const person = current();
  byId("portal-who").textContent = `as ${person.real_name}`;
  const sets = state.portals[person.id].map((entry) => ({ ...entry, key: `${entry.account_id} ${entry.permission_set_arn}` }));
  const entitled = state.entitled[person.id];
  const roles = state.roles.filter((role) => letsIn(role, person) || entitled.includes(role.arn))
    .map((role) => ({ ...role, key: role.arn, isEntitled: entitled.includes(role.arn) }));
  renew(byId("portal"), [...sets, ...roles], (thing) => thing.key, (thing) => (thing.trust ? drawRole(thing) : drawSet(thing)));
  const open = [
    ...state.identity_center.sessions.filter((session) => session.email === person.email)
      .map((session) => ({ ...session, key: session.access_key_id, result: results.get(session.access_key_id) })),
    ...state.sessions.filter((session) => session.arn.includes("/keylease-") && session.arn.endsWith(`/${person.name}`))
      .map((session) => ({ ...session, key: session.access_key_id, result: results.get(session.access_key_id) })),
  ];
  renew(byId("portal-sessions"), open, (session) => session.key, drawSession);
  show(byId("portal-empty"), sets.length + roles.length + open.length === 0);
}

/** Whether a role's trust policy names this person's own user in AWS. */
function letsIn(role, person) {
  return role.trust.Statement.filter((statement) => statement.Effect === "Allow")
    .flatMap((statement) => statement.Condition?.ArnLike?.["aws:PrincipalArn"] ?? [])
    .some((arn) => arn.endsWith(`:user/${person.email}`));
}

function drawSet(entry) {
  const open = () => act("/api/portal/open", {
    person: current().id, account_id: entry.account_id, permission_set_arn: entry.permission_set_arn,
  });
  return el("li", { class: "thing entry", data: { testid: "portal-entry" } },
    el("p", { class: "thing-head" }, el("span", { class: "kind", text: entry.account_id }), el("b", { text: entry.permission_set })),
    el("p", { class: "line", text: entry.through ? `by the group ${entry.through}` : "assigned to you" }),
    button("Open", "portal-open", open));
}

function drawRole(role) {
  return el("li", { class: "thing entry", data: { testid: "portal-role" } },
    el("p", { class: "thing-head" }, el("span", { class: "kind", text: "role" }), el("code", { text: role.name })),
    el("p", { class: "line", text: role.isEntitled ? "opened to you by account access manager" : "you may assume it" }),
    role.isEntitled
      ? button("Open", "portal-enter", () => act("/api/portal/enter", { person: current().id, role_arn: role.arn }))
      : button("Switch role", "portal-assume", () => act("/api/portal/assume", { person: current().id, role_arn: role.arn })));
}

function drawSession(session) {
  const isRole = !session.permission_set;
  // The queues are those of one account: in another one a session can say who it is.
  const isHere = isRole || session.account_id === state.identity_center.account_id;
  return el("li", { class: "thing entry open", data: { testid: "portal-session" } },
    el("p", { class: "thing-head" }, el("span", { class: "kind", text: "session" }),
      isRole ? el("code", { text: session.arn.split("/").at(-2) }) : el("b", { text: session.permission_set }),
      session.denied ? el("span", { class: "pill revoked", text: "DENIED" }) : countdown(session.ends_at)),
    el("p", { class: "line", data: { testid: "portal-result" }, text: session.result ?? (isRole
      ? "ends with the grant, to the second"
      : "goes on until then, whatever becomes of the assignment") }),
    isHere ? button("List the queues", "portal-use", () => use(session.access_key_id, "sqs:ListQueues"))
      : button("Who am I?", "portal-use", () => use(session.access_key_id, "sts:GetCallerIdentity")));
}

function button(text, testid, act) {
  return el("button", { type: "button", class: "button small", text, data: { testid }, on: { click: act } });
}

async function act(path, body) {
  const answer = await post(path, body);
  byId("portal-problem").textContent = answer.ok ? "" : answer.message;
}

async function use(id, action) {
  const answer = await post("/api/use-key", { access_key_id: id, action });
  results.set(id, answer.allowed ? `Allowed: ${answer.message}` : `Denied: ${answer.code ?? ""} ${answer.message}`);
  drawPortal(state);
}
