// Using the page without a mouse.

const TABS_MAX = 80;

/** Presses Tab until the element with this test id has the focus. */
export async function tabTo(page, testId) {
  for (let presses = 0; presses < TABS_MAX; presses += 1) {
    const focused = await page.evaluate(() => document.activeElement?.getAttribute('data-testid'));
    if (focused === testId) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${TABS_MAX} presses of Tab did not reach ${testId}`);
}

/** Sets the focused field: types into it, or picks the choice that begins so. */
export async function type(page, text) {
  const isChoice = await page.evaluate(() => document.activeElement instanceof HTMLSelectElement);
  if (!isChoice) await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

/** The value of a field. */
export function valueOf(page, testId) {
  return page.getByTestId(testId).inputValue();
}
