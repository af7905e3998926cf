// What the page shows: one section at a time, each announced, with the focus on its heading.

const SECTIONS = ['start', 'wait', 'ready', 'over'];

export const at = (id) => document.getElementById(id);

/** Shows one section, and hides the others. */
export function show(section, { title, focus = true } = {}) {
  for (const name of SECTIONS) at(name).hidden = name !== section;
  for (const step of at('steps').children) {
    if (step.id === `step-${section}`) step.setAttribute('aria-current', 'step');
    else step.removeAttribute('aria-current');
  }
  if (title) document.title = title;
  if (focus) at(section).querySelector('h2').focus();
}

/** Tells a screen reader. */
export function announce(text) {
  at('status').textContent = text;
}

/** The text that a button copies is in an element of the page, never in an attribute. */
export async function copy(button) {
  const source = at(button.dataset.copies);
  try {
    await navigator.clipboard.writeText(source.textContent);
    done(button, 'Copied');
  } catch {
    getSelection().selectAllChildren(source);
    done(button, 'Selected: copy it with Ctrl+C or ⌘C');
  }
}

/** How long a button says what it did. */
const SAID_MS = 2_500;

function done(button, text) {
  const before = button.textContent;
  announce(text);
  if (button.disabled) return;
  button.textContent = text;
  button.disabled = true;
  setTimeout(() => {
    button.textContent = before;
    button.disabled = false;
  }, SAID_MS);
}

/** `Chrome on macOS`, as far as the browser says. */
export function guessLabel() {
  const agent = navigator.userAgent;
  const first = (names) => names.find(([, mark]) => mark.test(agent))?.[0];
  const browser = first([['Edge', /Edg\//], ['Firefox', /Firefox\//], ['Chrome', /Chrome\//], ['Safari', /Safari\//]]);
  const system = first([['iPhone', /iPhone/], ['iPad', /iPad/], ['Android', /Android/], ['Windows', /Windows/], ['macOS', /Mac OS X/], ['Linux', /Linux/]]);
  return `${browser ?? 'A browser'} on ${system ?? 'an unknown system'}`;
}
