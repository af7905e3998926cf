// Building and renewing the page's nodes. Text is only ever set as text, never as HTML.

/** Makes an element. `props` are attributes; `class`, `text`, `data` and `on` mean what they say. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "on") for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export const byId = (id) => document.getElementById(id);

/**
 * Makes the container's children match `items`, and touches only those that changed, so that focus and scrolling
 * stay where they are. A changed item that held the focus keeps it.
 */
export function renew(container, items, key, build) {
  const old = new Map([...container.children].map((node) => [node.dataset.key, node]));
  let place = container.firstElementChild;
  for (const item of items) {
    const itemKey = String(key(item));
    const signature = JSON.stringify(item);
    const known = old.get(itemKey);
    old.delete(itemKey);
    let node = known;
    if (known?.signature !== signature) {
      node = build(item);
      node.dataset.key = itemKey;
      node.signature = signature;
      if (known) {
        if (place === known) place = node;
        replace(known, node);
      } else {
        node.classList.add("new");
      }
    }
    // Moving a node takes its focus away, so one that is in its place is left there.
    if (node === place) place = place.nextElementSibling;
    else container.insertBefore(node, place);
  }
  for (const gone of old.values()) gone.remove();
}

function replace(known, node) {
  const focused = known.contains(document.activeElement);
  const held = focused && document.activeElement.dataset.testid;
  known.replaceWith(node);
  if (focused) keepFocus(node, held);
}

/** The same control where it still is; otherwise the whole item, so that Enter never hits a control that just came. */
function keepFocus(node, testid) {
  const same = testid && node.querySelector(`[data-testid="${CSS.escape(testid)}"]`);
  if (!same && !node.matches("button")) node.tabIndex = -1;
  (same || node).focus({ preventScroll: true });
}

/** Shows `node` or hides it. */
export function show(node, visible) {
  node.hidden = !visible;
}

let announced = 0;

/** Says something to those who do not see the page. */
export function announce(text) {
  // A text that is said twice is only heard twice when it differs.
  announced += 1;
  byId("announce").textContent = text + (announced % 2 ? "" : "\u00a0");
}
