// Block Kit as Slack draws it, on messages, in forms and on App Homes.

import { byId, el } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";

let state;

/** Whom and what texts mention, by their ids. */
export const world = {
  person: (id) => state.people.find((known) => known.id === id)?.real_name,
  channel: (id) => state.channels.find((known) => known.id === id)?.name,
  group: (id) => state.user_groups.find((known) => known.id === id)?.name,
};

/** From now on texts are drawn by this state. */
export function setWorld(fresh) {
  state = fresh;
}

const DRAW = {
  header: (block) => el("h3", { class: "block head" }, ...withEmoji(block.text.text)),
  divider: () => el("hr", { class: "block" }),
  section: (block, press) => el("div", { class: `block ${block.accessory ? "with-accessory" : ""}` },
    block.text ? el("div", { class: "text" }, ...text(block.text)) : null,
    block.fields ? el("div", { class: "fields" }, ...block.fields.map((field) => el("div", {}, ...text(field)))) : null,
    block.accessory ? drawButton(block.accessory, press) : null),
  context: (block) => el("div", { class: "block context" },
    ...block.elements.map((element) => el("span", {}, ...text(element)))),
  actions: (block, press) => el("div", { class: "block actions" },
    ...block.elements.map((element) => drawButton(element, press))),
};

/** A block; `press` is called with a button that was pressed, and gives what came of it. */
export function drawBlock(block, press) {
  return DRAW[block.type]?.(block, press) ?? el("p", { class: "block muted", text: `(a block of type ${block.type})` });
}

/** A text object, as Slack shows it. */
export function text(object) {
  return object.type === "plain_text" ? withEmoji(object.text) : mrkdwn(object.text ?? "", world);
}

function drawButton(button, press) {
  const node = el("button", {
    type: "button", class: `button ${button.style ?? ""}`, data: { testid: `action-${button.action_id}` },
  }, ...withEmoji(button.text.text));
  node.addEventListener("click", () => click(node, button, press));
  return node;
}

async function click(node, button, press) {
  if (node.classList.contains("busy") || (button.confirm && !(await confirmed(button.confirm)))) return;
  node.classList.add("busy");
  const answer = await press(button);
  node.classList.remove("busy");
  node.parentElement.querySelector(".problem")?.remove();
  if (!answer.ok) node.parentElement.append(el("p", { class: "problem", role: "alert", text: answer.message }));
}

/** Asks as Slack does before a button that has a confirm dialog. */
function confirmed(dialog) {
  const box = byId("confirm");
  byId("confirm-title").replaceChildren(...withEmoji(dialog.title.text));
  byId("confirm-text").replaceChildren(...text(dialog.text));
  const yes = byId("confirm-yes");
  yes.replaceChildren(...withEmoji(dialog.confirm.text));
  yes.className = `button ${dialog.style === "danger" ? "danger" : "primary"}`;
  byId("confirm-no").replaceChildren(...withEmoji(dialog.deny.text));
  return new Promise((resolve) => {
    box.addEventListener("close", () => resolve(box.returnValue === "yes"), { once: true });
    yes.onclick = () => box.close("yes");
    byId("confirm-no").onclick = () => box.close("no");
    box.returnValue = "no";
    box.showModal();
  });
}
