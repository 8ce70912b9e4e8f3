// The live line: says when it is cut, and never takes the focus from a field in use.

const BEAT_EVERY = 10_000;
const PATIENCE = 5_000;
const body = document.body;

let socket = null;
let lastSign = 0;

// Half a second, then twice as long each time, at most five seconds.
window.htmx.config.wsReconnectDelay = (tries) => Math.min(500 * 2 ** tries, 5000);

function setLive(state) {
  if (body.dataset.live === state) return;
  body.dataset.live = state;
  body.dispatchEvent(new CustomEvent(`live:${state}`));
}

body.addEventListener("htmx:wsOpen", (event) => {
  socket = event.detail.socketWrapper;
  lastSign = Date.now();
  const was = body.dataset.live;
  setLive("open");
  tellOpenCall();
  if (was === "closed") refreshWeek();
});

// The server sends the whole desk in answer, with the call that is shown.
function tellOpenCall() {
  const open = document.getElementById("callhead")?.dataset.call ?? "";
  socket?.send(JSON.stringify({ open }));
}

body.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.classList?.contains("desk-body")) tellOpenCall();
});

// Time to write up that is over, by the clock or by her key, is no longer shown.
for (const over of ["timer:over", "presence:chosen"]) body.addEventListener(over, tellOpenCall);

// A reader hears a waiting call once, however often the desk is sent.
body.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  if (target.id === "announce" && target.textContent.trim() === fragment.textContent.trim())
    event.detail.shouldSwap = false;
});

body.addEventListener("htmx:wsClose", (event) => {
  setLive("closed");
  const code = event.detail.event.code;
  // The extension tries again by itself after these only; any other end is tried again here.
  if (![1006, 1011, 1012, 1013].includes(code)) setTimeout(() => socket?.reconnect(), 2000);
});

body.addEventListener("htmx:wsAfterMessage", (event) => {
  lastSign = Date.now();
  if (event.detail.message.includes('id="live-hint"')) onHint(document.getElementById("live-hint"));
  onPop();
});

addEventListener("offline", () => setLive("closed"));
addEventListener("online", () => socket?.reconnect());

// A cable pulled out closes nothing: without an answer for a while the line counts as cut.
setInterval(() => {
  if (!socket || body.dataset.live !== "open") return;
  const asked = Date.now();
  socket.send('{"beat":true}');
  setTimeout(() => {
    if (lastSign >= asked || body.dataset.live !== "open") return;
    setLive("closed");
    socket.reconnect();
  }, PATIENCE);
}, BEAT_EVERY);

// --- Hints: an agenda that is shown has changed ------------------------------------------------------

let refresh = null;

function concerns(grid, hint) {
  const { calendar = "", days = "" } = hint.dataset;
  if (calendar && !grid.dataset.calendars.split(" ").includes(calendar)) return false;
  const touched = days.split(",").filter(Boolean);
  return !touched.length || touched.some((day) => day >= grid.dataset.from && day <= grid.dataset.to);
}

function onHint(hint) {
  const grid = document.querySelector("#week");
  if (!hint || hint.dataset.name !== "agenda.changed" || !grid || !concerns(grid, hint)) return;
  refreshWeek();
}

// The list of first slots brings the week with it. A tile in somebody's hand is left alone.
function refreshWeek() {
  clearTimeout(refresh);
  refresh = setTimeout(() => {
    if (body.classList.contains("carrying")) return refreshWeek();
    const list = document.getElementById("booking") ? "slots:refresh" : "";
    if (list) window.htmx.trigger("body", list);
    else if (document.getElementById("week")) window.htmx.trigger("#week", "grid:refresh");
  }, 150);
}

// --- Pops ----------------------------------------------------------------------------------------------

let shown = onArrival(document.querySelector("#pop"));
// What rings at hers while a talk or a dialog holds her: it opens as soon as neither does.
let kept = "";

// What was on the board when a page was asked for opens nothing by itself, but for a call that rings
// at hers while she comes to the empty desk.
function onArrival(pop) {
  const home = document.querySelector(".brand")?.pathname;
  return pop && "rings" in pop.dataset && location.pathname === home ? "" : standing(pop);
}

// A call that rings at hers, or that she has just picked up, is another matter than the same call
// waiting.
function standing(pop) {
  return pop ? `${pop.dataset.pop} ${pop.dataset.mine} ${"rings" in pop.dataset}` : "";
}

// A choice or a button that has the focus loses nothing when the desk turns to another call.
const typing = 'input:not([type="radio"], [type="checkbox"]), textarea, select';

// A colleague's talk that is shown holds nobody whose own telephone rings.
function isIdle(pop) {
  const talk = document.querySelector(
    '#callhead:is([data-state="ringing"], [data-state="live"], [data-writing])',
  );
  const talking = talk && !("colleague" in talk.dataset && "rings" in pop.dataset);
  return !talking && !isWriting() && !document.querySelector("dialog[open]");
}

// The focus leaves a closed dialog a moment later; an open one holds her by itself.
function isWriting() {
  const field = document.activeElement?.closest(typing);
  return Boolean(field && !field.closest("dialog"));
}

// An idle desk turns to the call that rings; a busy one is told, and F2 opens it.
function onPop() {
  const pop = document.querySelector("#pop");
  if (!pop || (standing(pop) === shown && shown !== kept)) return;
  shown = standing(pop);
  kept = "";
  if (document.getElementById("callhead")?.dataset.call === pop.dataset.pop) return;
  if (isIdle(pop)) turnTo(pop);
  else if ("rings" in pop.dataset && !isWriting()) kept = shown;
}

// As if she took its card: what is asked for last is what the desk turns to, wherever it came from.
function turnTo(pop) {
  const { pop: uuid } = pop.dataset;
  document.querySelector(`#waiting-${uuid}, #current-${uuid}`)?.click();
}

// Unless what she chose in a dialog leads elsewhere.
function onDialogClosed({ target }) {
  if (target.matches("dialog") && !target.querySelector(".htmx-request")) onPop();
}

document.addEventListener("close", onDialogClosed, true);
