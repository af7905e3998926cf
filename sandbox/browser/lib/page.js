// The sandbox's page as people use it: whose Slack, which button, what time it is.

import assert from 'node:assert/strict';

import { openPage } from './browser.js';
import { startSandbox } from './sandbox.js';

/** What the page does within this is soon enough on a busy machine. */
const SOON_MS = 30_000;

/** A sandbox of its own, with its page open in a window of this size. */
export async function startPage(viewport) {
  const sandbox = await startSandbox();
  const view = await openPage(sandbox.url, viewport);
  view.page.setDefaultTimeout(SOON_MS);
  const at = (testId) => view.page.getByTestId(testId);
  const shown = (locator) => locator.waitFor({ state: 'visible' });
  const person = async (id) => {
    const tab = at(`person-${id}`);
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
  };
  const moment = (what) => view.page.locator(`[data-testid="clock-moment"][data-what="${what}"]`).first();
  return {
    sandbox, view, at, shown, person, moment,
    /** Asks by the form above the messages. */
    async ask(who, project, role, duration) {
      await person(who);
      if (!(await at('ask-submit').isVisible())) await view.page.locator('#ask summary').click();
      await at('ask-project').selectOption(project);
      await at('ask-role').selectOption(role);
      await at('ask-duration').fill(duration);
      await at('ask-justification').fill('looking into ticket 42');
      await at('ask-submit').click();
      await shown(view.page.locator('#ask-answer.fine'));
    },
    /** Presses the newest button of this name that somebody sees. */
    async press(who, action) {
      await person(who);
      await view.page.locator('#feed').getByTestId(`action-${action}`).last().click();
    },
    /** Waits until somebody has read these words. */
    async reads(who, words) {
      await person(who);
      await shown(at('message').filter({ hasText: words }).first());
    },
    /** Moves the clock to what comes by itself. */
    async moveTo(what) {
      await moment(what).click();
    },
    requestIs: (status) => shown(view.page.locator(`[data-testid="request-row"][data-status="${status}"]`).first()),
    async stop() {
      await view.close();
      assert.equal(await sandbox.stop(), 0, sandbox.output());
    },
  };
}
