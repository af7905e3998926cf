// The app's Home tab of one person, and what they are in the workspace: their user groups, and whether they have left.

import { drawBlock } from "./blocks.js";
import { byId, el, show } from "./dom.js";
import { post } from "./live.js";
import { current } from "./slack.js";

let isHome = false;
let drawn = "";

export function startHome() {
  byId("show-messages").addEventListener("click", () => choose(false));
  byId("show-home").addEventListener("click", () => choose(true));
  byId("leave").addEventListener("click", leave);
}

/** Draws what has changed. */
export function drawHome(state) {
  const { id, deleted } = current();
  const groups = state.user_groups.filter((group) => group.members.includes(id)).map((group) => `@${group.name}`);
  byId("person-groups").textContent = groups.length ? `in ${groups.join(", ")}` : "in no user group";
  const leaves = deleted ? "Come back" : "Leave the company";
  if (byId("leave").textContent !== leaves) byId("leave").textContent = leaves;
  show(byId("ask"), !isHome);
  show(byId("feed"), !isHome);
  show(byId("home"), isHome);
  if (isHome) show(byId("feed-empty"), false);
  const blocks = state.homes[id]?.blocks ?? [];
  const signature = JSON.stringify([id, blocks]);
  if (!isHome || signature === drawn) return;
  drawn = signature;
  const press = ({ action_id, value = "" }) => post("/api/home/click", { person: id, action_id, value });
  byId("home").replaceChildren(...(blocks.length
    ? blocks.map((block) => drawBlock(block, press))
    : [el("p", { class: "empty", text: "The app draws this page when it is opened." })]));
}

/** Somebody else's Slack is shown. */
export function drawPerson(state) {
  if (isHome) post("/api/home/open", { person: current().id });
  drawHome(state);
}

async function choose(home) {
  isHome = home;
  byId("show-messages").setAttribute("aria-pressed", String(!home));
  byId("show-home").setAttribute("aria-pressed", String(home));
  show(byId("ask"), !home);
  show(byId("feed"), !home);
  show(byId("home"), home);
  show(byId("feed-empty"), !home && byId("feed").childElementCount === 0);
  if (home) {
    byId("slack-panel").scrollTop = 0;
    await post("/api/home/open", { person: current().id });
  }
}

async function leave() {
  await post("/api/leave", { person: current().id, leaves: !current().deleted });
}
