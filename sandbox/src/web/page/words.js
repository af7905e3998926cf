// Asking by other ways than a form: the slash command, and the step of a workflow.

import { byId, el } from "./dom.js";
import { current } from "./slack.js";
import { mrkdwn } from "./mrkdwn.js";
import { post } from "./live.js";
import { world } from "./blocks.js";

const LOOK_EVERY_MS = 500;
const COMMAND = "/access";

export function startWords() {
  byId("command-form").addEventListener("submit", send);
  byId("ask-step").addEventListener("click", runStep);
}

async function send(event) {
  event.preventDefault();
  const typed = byId("command").value.trim();
  const line = byId("command-answer");
  if (typed !== COMMAND && !typed.startsWith(`${COMMAND} `)) {
    return say(line, "bad", `Begin with ${COMMAND}.`);
  }
  const answer = await post("/api/command", { person: current().id, words: typed.slice(COMMAND.length).trim() });
  if (!answer.ok) return say(line, "bad", answer.message);
  if (!answer.text) return say(line, "fine", "The form is open.");
  line.className = "command-answer";
  line.replaceChildren(el("small", { class: "muted", text: "Only visible to you" }), ...mrkdwn(answer.text, world));
}

async function runStep() {
  const { value } = byId("ask-duration");
  const [project, role, justification] = ["project", "role", "justification"].map((id) => byId(`ask-${id}`).value);
  const line = byId("ask-answer");
  const answer = await post("/api/step/run", { person: current().id, project, role, duration: value, justification });
  if (!answer.ok) return say(line, "bad", answer.message);
  say(line, "fine", "The workflow waits for its step.");
  for (;;) {
    const step = await post("/api/step", { id: answer.id });
    if (!step.ok) return say(line, "bad", step.message);
    if (step.error) return say(line, "bad", `The step failed: ${step.error}`);
    if (step.outputs) return say(line, "fine", `The step is done: ${step.outputs.status}. The workflow goes on.`);
    await new Promise((resolve) => { setTimeout(resolve, LOOK_EVERY_MS); });
  }
}

function say(line, how, text) {
  line.textContent = text;
  line.className = `ask-answer ${how}`;
}
