// The request form, as the Slack workflow shows it.

import { byId, el } from "./dom.js";
import { current } from "./slack.js";
import { post } from "./live.js";

const QUICK = "1m";
const KINDS = {
  user: "an IAM user of its own", session: "a role session", role: "a role of its own, without a key",
  permission_set: "a permission set in the access portal", group: "membership of a group in Identity Center",
};
let catalogue = [];

/** Brings the form's choices up to date without touching what was typed. */
export function drawAsk(state) {
  if (JSON.stringify(state.catalogue) === JSON.stringify(catalogue)) return;
  catalogue = state.catalogue;
  fill(byId("ask-project"), catalogue.map((project) => project.project));
  drawRoles();
}

/** Says who asks, and folds the form away for those who approve. */
export function drawAsker(first) {
  const person = current();
  byId("ask-who").textContent = `as ${person.real_name}`;
  if (!first) byId("ask").open = person.id === "U0DANA";
}

export function startAsk() {
  byId("ask-project").addEventListener("change", drawRoles);
  byId("ask-role").addEventListener("change", drawHint);
  byId("ask-form").addEventListener("submit", submit);
}

const project = () => catalogue.find((known) => known.project === byId("ask-project").value);
const role = () => project()?.roles.find((known) => known.name === byId("ask-role").value);

function drawRoles() {
  fill(byId("ask-role"), (project()?.roles ?? []).map((known) => known.name));
  drawHint();
}

function drawHint() {
  const known = role();
  byId("ask-hint").textContent = known
    ? `${known.name}: ${KINDS[known.kind] ?? known.kind}, for at most ${known.max_duration}. Write 30s, 1m, 1h30m; try a short one to watch it end.`
    : "";
}

function fill(select, values) {
  const chosen = select.value;
  const usual = values.includes(chosen) ? chosen : (values.find((value) => value === "payments" || value === "ReadOnly") ?? values[0]);
  select.replaceChildren(...values.map((value) => el("option", { value, text: value })));
  if (usual !== undefined) select.value = usual;
}

async function submit(event) {
  event.preventDefault();
  const button = byId("ask-submit");
  const answerLine = byId("ask-answer");
  button.disabled = true;
  const answer = await post("/api/ask", {
    person: current().id,
    project: byId("ask-project").value,
    role: byId("ask-role").value,
    duration: byId("ask-duration").value || QUICK,
    justification: byId("ask-justification").value,
  });
  button.disabled = false;
  answerLine.textContent = answer.ok ? "Asked. The answer comes as a message." : answer.message;
  answerLine.className = `ask-answer ${answer.ok ? "fine" : "bad"}`;
}
