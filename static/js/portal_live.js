// The portal's live line: says when it is cut, and brings the page up to date on each hint.
//
// Regions are [id][data-live-on="message.changed …"]. What a hint concerns is taken from a fresh
// copy of the page, so that a refreshed page and a new one are the same.

const body = document.body;
const AWAY = 30_000;

let socket = null;
let wanted = new Set();
let announced = new Set(); // of these the grid has heard already
let timer = null;
let hiddenSince = 0;

// Half a second, then twice as long each time, at most five seconds.
window.htmx.config.wsReconnectDelay = (tries) => Math.min(500 * 2 ** tries, 5000);

function setLive(state) {
  body.dataset.live = state;
  const cut = document.getElementById("cut");
  cut.textContent = state === "closed" ? cut.dataset.text : "";
}

body.addEventListener("htmx:wsOpen", (event) => {
  socket = event.detail.socketWrapper;
  setLive("open");
});

body.addEventListener("htmx:wsClose", (event) => {
  const { code } = event.detail.event;
  if (code === 4401) return location.reload(); // signed out: the page asks to sign in
  setLive("closed");
  // The extension tries again by itself after these only; any other end is tried again here.
  if (![1006, 1011, 1012, 1013].includes(code)) setTimeout(() => socket?.reconnect(), 2000);
});

addEventListener("offline", () => setLive("closed"));
addEventListener("online", () => socket?.reconnect());

// A telephone that sleeps hears nothing: what was missed is fetched when it wakes.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) hiddenSince = Date.now();
  else if (hiddenSince && Date.now() - hiddenSince > AWAY) ask(["everything"]);
});

// Something was done here: the page asks for its own fresh copy.
body.addEventListener("portal:refresh", () => ask(["agenda.changed"]));

// --- Keyboard: what is opened takes the focus, Escape gives it back to the list ------------------

body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.matches?.(".pane[data-open]")) event.target.focus({ preventScroll: true });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.closest?.(".pane[data-open]")) return;
  document.querySelector(".pane-list a[aria-current=true]")?.focus();
});

// --- Hints ------------------------------------------------------------------------------------

body.addEventListener("htmx:wsAfterMessage", () => {
  const hints = [...document.querySelectorAll("#live-hints [data-name]")];
  const mine = hints.filter((hint) => !hint.dataset.client || hint.dataset.client === body.dataset.client);
  ask(mine.map((hint) => hint.dataset.name));
  for (const hint of hints) hint.remove();
});

function ask(names) {
  for (const name of names) {
    wanted.add(name);
    announced.delete(name);
  }
  if (wanted.size) later(150);
}

// The page is fetched once more; the grid, whose own request may be why, is not told again.
function askAgain(names) {
  for (const name of names) {
    if (!wanted.has(name)) announced.add(name);
    wanted.add(name);
  }
  later(150);
}

function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(refresh, wait);
}

function concerned(names) {
  return [...document.querySelectorAll("[data-live-on]")].filter(
    (region) =>
      names.has("everything") || region.dataset.liveOn.split(" ").some((name) => names.has(name)),
  );
}

async function refresh() {
  const regions = concerned(wanted);
  // What is being typed, chosen, dragged or fetched is not taken away; the hint waits.
  if (regions.some(isBusy)) return later(2000);
  if (document.querySelector(".htmx-request")) return later(300);
  const told = [...wanted];
  const news = new Set(told.filter((name) => !announced.has(name)));
  body.dispatchEvent(new CustomEvent("live:hints", { detail: news }));
  [wanted, announced] = [new Set(), new Set()];
  if (!regions.length) return;
  const answer = await fetch(location.href, { headers: { "X-Live": "true" } }).catch(() => null);
  if (!answer) return;
  if (answer.redirected || !answer.ok) return location.reload();
  const text = await answer.text();
  // A visit may have been lifted meanwhile, or a word begun.
  if (regions.some(isBusy) || document.querySelector(".htmx-request")) return askAgain(told);
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const region of regions) replace(region, fresh.getElementById(region.id));
}

function isBusy(region) {
  const active = document.activeElement;
  const types = active?.matches("input:not([type=hidden]), textarea, select");
  return body.classList.contains("carrying") || (types && region.contains(active));
}

function replace(region, fresh) {
  if (!fresh || !region.isConnected || plain(region) === plain(fresh)) return;
  const focused = region.contains(document.activeElement) ? document.activeElement.id : "";
  const open = [...region.querySelectorAll("details[open]")].map(wordsOf);
  region.replaceChildren(...fresh.childNodes);
  for (const part of region.querySelectorAll("details")) part.open ||= open.includes(wordsOf(part));
  window.htmx.process(region);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  region.dispatchEvent(new CustomEvent("live:refreshed", { bubbles: true }));
}

// What was opened stays so, with the same words on it.
function wordsOf(details) {
  return details.querySelector("summary")?.textContent.trim();
}

// Tokens differ on each rendering and change nothing; nor does what was opened.
function plain(element) {
  return element.innerHTML
    .replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "")
    .replace(/(<details[^>]*?) open(="")?/g, "$1");
}
