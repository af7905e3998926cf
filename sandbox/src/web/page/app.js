// The page: follows the sandbox and draws what has changed.

import { byId } from "./dom.js";
import { drawAsk, drawAsker, startAsk } from "./ask.js";
import { drawBehind } from "./behind.js";
import { drawClock, startClock } from "./clock.js";
import { drawForms, startForms } from "./forms.js";
import { drawHome, drawPerson, startHome } from "./home.js";
import { drawMail, startMail } from "./mail.js";
import { drawPortal } from "./portal.js";
import { drawSlack } from "./slack.js";
import { drawSteps } from "./steps.js";
import { follow } from "./live.js";
import { startWords } from "./words.js";

let state;
let started;

const onStep = () => drawSteps(state);
const onPerson = () => {
  drawAsker(false);
  drawForms(state);
  drawPerson(state);
  drawPortal(state);
};

function onState(fresh) {
  // A sandbox that was restarted knows nothing of before; neither should the page.
  if (started && started !== fresh.start_id) location.reload();
  const first = !state;
  started = fresh.start_id;
  state = fresh;
  live("Live", true);
  drawClock(state);
  drawSlack(state, onPerson);
  drawAsk(state);
  if (first) drawAsker(true);
  drawForms(state);
  drawHome(state);
  drawPortal(state);
  drawMail(state, onStep);
  drawBehind(state);
  drawSteps(state);
}

function live(text, on) {
  if (byId("live-text").textContent !== text) byId("live-text").textContent = text;
  byId("live").classList.toggle("on", on);
}

startAsk();
startClock();
startForms();
startHome();
startMail(onStep);
startWords();
follow(onState, () => live("The sandbox does not answer", false));
