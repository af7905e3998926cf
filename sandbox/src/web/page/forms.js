// The app's forms, as Slack shows them: over everything else, with what is wrong at each field.

import { text } from "./blocks.js";
import { byId, el, show } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { post } from "./live.js";
import { current } from "./slack.js";

let shown = null;
let mine = null;

/** Shows the form that the current person has open, if there is one. */
export function drawForms(state) {
  const box = byId("form");
  const form = (state.forms[current().id] ?? []).at(-1);
  if (!form) {
    shown = null;
    if (box.open) box.close();
    return;
  }
  const signature = `${form.id} ${form.hash} ${JSON.stringify(form.errors)}`;
  if (signature === shown) return;
  // Slack keeps what stands in a field that is still there after the app replaces the form.
  const kept = mine?.id === form.id ? entered() : {};
  shown = signature;
  mine = form;
  byId("form-title").replaceChildren(...withEmoji(form.view.title.text));
  byId("form-fields").replaceChildren(...form.view.blocks.map((block) => draw(block, form, kept)));
  byId("form-submit").textContent = form.view.submit?.text ?? "";
  byId("form-close").textContent = form.view.close?.text ?? "Close";
  byId("form-problem").textContent = "";
  show(byId("form-submit"), Boolean(form.view.submit));
  if (!box.open) box.showModal();
  byId("form-fields").querySelector("[aria-invalid]")?.focus();
}

export function startForms() {
  byId("form-open").addEventListener("click", async () => {
    const answer = await post("/api/form/open", { person: current().id });
    byId("ask-answer").textContent = answer.ok ? "" : answer.message;
  });
  byId("form-form").addEventListener("submit", submit);
  byId("form-close").addEventListener("click", close);
  byId("form").addEventListener("cancel", close);
}

function draw(block, form, kept) {
  if (block.type === "section") return el("p", { class: "block" }, ...text(block.text));
  if (block.type === "context") {
    return el("p", { class: "block context" }, ...block.elements.map((element) => el("span", {}, ...text(element))));
  }
  const wrong = form.errors?.[block.block_id];
  const id = `form-${block.block_id}`;
  const field = element(block, id, kept[block.block_id]);
  field.dataset.testid = `field-${block.block_id}`;
  field.name = block.block_id;
  field.required = !block.optional;
  if (wrong) {
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", `${id}-wrong`);
  }
  if (block.dispatch_action) {
    field.addEventListener("change", () => {
      if (field.value) post("/api/form/choose", { view_id: form.id, field: block.block_id, value: field.value });
    });
  }
  const label = block.label.text + (block.optional ? " (optional)" : "");
  return el("label", { class: "field" }, el("span", { text: label }), field,
    wrong ? el("small", { class: "wrong", id: `${id}-wrong`, role: "alert", text: wrong }) : null);
}

function element(block, id, kept) {
  const { element } = block;
  const placeholder = element.placeholder?.text;
  if (element.type === "static_select") {
    const values = element.options.map((option) => option.value);
    const chosen = values.includes(kept) ? kept : (element.initial_option?.value ?? "");
    return el("select", { id },
      el("option", { value: "", text: placeholder, selected: chosen === "" }),
      ...element.options.map((option) => el("option", {
        value: option.value, text: option.text.text, selected: option.value === chosen,
      })));
  }
  const value = kept ?? element.initial_option?.value ?? element.initial_value ?? "";
  if (element.type === "external_select") return searched(block, id, placeholder, value);
  if (!element.multiline) return el("input", { id, placeholder, value, maxlength: element.max_length });
  const area = el("textarea", { id, placeholder, maxlength: element.max_length, rows: 3 });
  area.value = value;
  return area;
}

/** A list that is too long to be shown: the app says what fits to what was typed. */
function searched(block, id, placeholder, value) {
  const list = byId("form-found");
  const field = el("input", { id, placeholder, value, list: "form-found", autocomplete: "off" });
  field.addEventListener("input", async () => {
    const answer = await post("/api/form/search", { view_id: mine.id, field: block.block_id, value: field.value });
    if (answer.ok) list.replaceChildren(...answer.found.map((name) => el("option", { value: name })));
  });
  return field;
}

/** What stands in the fields that are shown. */
function entered() {
  return Object.fromEntries(new FormData(byId("form-form")).entries());
}

async function submit(event) {
  event.preventDefault();
  const button = byId("form-submit");
  button.disabled = true;
  const values = Object.fromEntries(Object.entries(entered()).filter(([, value]) => value !== ""));
  const answer = await post("/api/form/submit", { view_id: mine.id, values });
  button.disabled = false;
  byId("form-problem").textContent = answer.ok ? "" : answer.message;
}

async function close(event) {
  event.preventDefault();
  await post("/api/form/close", { view_id: mine.id });
  byId("form").close();
}
