// Behind the scenes: the records in AWS as they are at this moment.

import { byId, el, renew, show } from "./dom.js";
import { countdown, time, timeWithSeconds, words } from "./time.js";

/** Draws what has changed. */
export function drawBehind(state) {
  drawRequests(state);
  drawIam(state);
  drawCenter(state);
  drawSchedules(state);
  renew(byId("queues"), state.queues, (queue) => queue.name, drawQueue);
}

function drawRequests(state) {
  const names = new Map(state.people.map((person) => [person.id, person.real_name]));
  const newest = [...state.requests].sort((left, right) => right.created_at - left.created_at);
  show(byId("requests-empty"), newest.length === 0);
  show(byId("requests-scroll"), newest.length > 0);
  renew(byId("requests"), newest, (request) => request.request_id, (request) => el("tr", {
    data: { testid: "request-row", status: request.status, request: request.request_id },
  },
    el("td", {}, pill(request), request.failure ? el("span", { class: "failure", text: request.failure }) : null),
    el("td", { text: names.get(request.requester_slack_id) ?? request.requester_name ?? request.requester_slack_id }),
    el("td", {}, el("b", { text: `${request.project} / ${request.role}` }),
      request.justification ? el("span", { class: "why", text: request.justification }) : null),
    el("td", { text: words(request.duration_seconds) }),
    el("td", {}, request.status === "ACTIVE" ? countdown(request.expires_at) : "–"),
    el("td", {}, ...ends(request)),
    el("td", {}, el("code", { class: "principal", title: request.principal, text: request.principal ?? "–" }))));
}

function ends(request) {
  if (request.gone_at) return ["gone ", timeWithSeconds(request.gone_at), ...late(request)];
  if (request.ended_at) return ["ended ", timeWithSeconds(request.ended_at)];
  if (request.expires_at && request.phase === "live") return [timeWithSeconds(request.expires_at)];
  return ["–"];
}

/** How long after its end everything had been read back as gone. */
function late(request) {
  if (request.status !== "EXPIRED") return [];
  return [el("span", { class: "why", data: { testid: "lateness" }, text: `${request.gone_at - request.expires_at} s after its end` })];
}

function pill({ phase, status }) {
  return el("span", { class: `pill ${phase} ${status.toLowerCase()}`, text: status });
}

function drawIam(state) {
  show(byId("iam-empty"), state.users.length + state.roles.length + state.sessions.length === 0);
  const things = [...state.users.map((user) => ({ ...user, key: user.arn })),
    ...state.roles.map((role) => ({ ...role, key: role.id })),
    ...state.sessions.map((session) => ({ ...session, key: session.access_key_id }))];
  renew(byId("iam"), things, (thing) => thing.key, drawThing);
}

function drawThing(thing) {
  if (thing.keys) return drawUser(thing);
  return thing.trust ? drawRole(thing) : drawSession(thing);
}

/** A role of a grant's own, and whom it lets in. */
function drawRole(role) {
  const end = Date.parse(role.tags["keylease:expires-at"] ?? "") / 1000;
  const who = role.trust.Statement.filter((statement) => statement.Effect === "Allow")
    .flatMap((statement) => statement.Condition.ArnLike["aws:PrincipalArn"]);
  return el("li", { class: "thing", data: { testid: "iam-role" } },
    el("p", { class: "thing-head" }, el("span", { class: "kind", text: "role" }), el("code", { text: role.path + role.name }),
      end ? countdown(end) : null),
    ...who.map((arn) => el("p", { class: "line" }, "lets in ", el("code", { text: arn.split(":").pop() }))),
    who.length ? null : el("p", { class: "line", text: "lets in nobody" }),
    details("Policies", {
      managed: role.attached_policies, inline: role.inline_policies, boundary: role.permissions_boundary, tags: role.tags,
      trust: role.trust,
    }));
}

function drawUser(user) {
  const end = Date.parse(user.tags["keylease:expires-at"] ?? "") / 1000;
  return el("li", { class: "thing", data: { testid: "iam-user" } },
    el("p", { class: "thing-head" }, el("span", { class: "kind", text: "user" }), el("code", { text: user.path + user.name }),
      end ? countdown(end) : null),
    ...user.keys.map((key) => el("p", { class: "line" }, "key ", el("code", { text: key.id }), ` ${key.status.toLowerCase()}`)),
    details("Policies", {
      managed: user.attached_policies, inline: user.inline_policies, boundary: user.permissions_boundary, tags: user.tags,
    }));
}

function drawSession(session) {
  return el("li", { class: "thing", data: { testid: "iam-session" } },
    el("p", { class: "thing-head" }, el("span", { class: "kind", text: "session" }),
      el("code", { text: session.arn.split(":").pop() }),
      session.denied ? el("span", { class: "pill revoked", text: "DENIED" }) : countdown(session.ends_at)),
    el("p", { class: "line" }, "key ", el("code", { text: session.access_key_id })),
    details("Policies", { session: session.policy, role: session.role_policies }));
}

/** What Identity Center gives to whom: a grant's own among what was there before. */
function drawCenter({ identity_center: center }) {
  const assignments = center.assignments.map((one) => ({
    ...one, key: `${one.account_id} ${one.permission_set} ${one.principal}`, testid: "assignment", kind: "assignment",
  }));
  const groups = center.groups.map((group) => ({ ...group, key: group.id, testid: "group", kind: "group" }));
  renew(byId("center"), [...assignments, ...groups], (thing) => thing.key, (thing) => el("li", {
    class: "thing", data: { testid: thing.testid },
  },
    el("p", { class: "thing-head" }, el("span", { class: "kind", text: thing.kind }),
      el("code", { text: thing.permission_set ?? thing.name })),
    el("p", { class: "line" }, ...(thing.members
      ? [thing.members.length ? thing.members.join(", ") : "nobody is in it"]
      : [`to ${thing.principal_type === "GROUP" ? "the group " : ""}${thing.principal} in `, el("code", { text: thing.account_id })]))));
}

function drawSchedules(state) {
  show(byId("schedules-empty"), state.schedules.length === 0);
  renew(byId("schedules"), state.schedules, (schedule) => `${schedule.group}/${schedule.name}`, (schedule) => {
    const at = /^at\((.+)\)$/.exec(schedule.expression)?.[1];
    const seconds = at ? Date.parse(`${at}Z`) / 1000 : NaN;
    return el("li", { class: "thing", data: { testid: "schedule" } },
      el("p", { class: "thing-head" }, el("code", { text: schedule.name }), at ? countdown(seconds, "firing") : null),
      el("p", { class: "line" }, ...(at ? ["at ", time(seconds, { hour: "2-digit", minute: "2-digit", second: "2-digit" })]
        : [schedule.expression]), " to ", el("code", { text: schedule.target_arn.split(":").pop() })),
      el("p", { class: "line" }, el("code", { text: schedule.input ?? "" })));
  });
}

function drawQueue(queue) {
  const parked = queue.name.endsWith("-dlq");
  return el("li", { class: `thing queue ${parked ? "dlq" : ""} ${parked && queue.messages.length ? "alarm" : ""}`,
    data: { testid: "queue", queue: queue.name } },
    el("p", { class: "thing-head" }, el("code", { text: queue.name }),
      el("span", { class: "counts" }, ...counts(queue, parked))),
    ...queue.messages.slice(0, 10).map((message) => el("div", { class: "parked" },
      message.attributes.reason ? el("b", { text: message.attributes.reason }) : null,
      message.attributes.error ? el("span", { text: message.attributes.error }) : null,
      el("code", { text: message.body }))));
}

function counts(queue, parked) {
  if (parked) return [el("span", { class: "number", text: `${queue.messages.length} parked` })];
  return [el("span", { class: "number", text: `${queue.visible} waiting` }),
    el("span", { class: "number", text: `${queue.in_flight} in work` }),
    ...(queue.delayed ? [el("span", { class: "number", text: `${queue.delayed} delayed` })] : [])];
}

function details(title, content) {
  return el("details", { class: "more" }, el("summary", { text: title }),
    el("pre", { text: JSON.stringify(content, null, 2), tabindex: "0" }));
}
