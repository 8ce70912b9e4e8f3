// The list of people to reschedule: one of them is framed, and the keys act on that one.

const body = document.body;
const list = () => document.getElementById("worklist");
const items = () => [...document.querySelectorAll("[data-displaced]")];

let chosen = "";
let place = 0;

// Only the framed person's buttons listen to the desk's keys.
function frame(item) {
  for (const other of items()) {
    const isFramed = other === item;
    other.toggleAttribute("data-framed", isFramed);
    other.tabIndex = isFramed ? 0 : -1;
    for (const button of other.querySelectorAll("[data-row-key]")) {
      if (isFramed) button.dataset.key = button.dataset.rowKey;
      else delete button.dataset.key;
    }
  }
  chosen = item?.dataset.displaced ?? "";
  place = Math.max(items().indexOf(item), 0);
}

// Who was framed stays so; where she has gone, whoever stands in her place now.
function frameAgain() {
  const all = items();
  const same = all.find((item) => item.dataset.displaced === chosen);
  frame(same ?? all[Math.min(place, all.length - 1)]);
}

function step(by) {
  const all = items();
  const next = all[Math.min(Math.max(place + by, 0), all.length - 1)];
  if (!next) return;
  frame(next);
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("focusin", (event) => {
  const item = event.target.closest("[data-displaced]");
  if (item && item.dataset.displaced !== chosen) frame(item);
});

document.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const typing = event.target.matches("input, textarea, select");
  if (!by || typing || event.ctrlKey || event.altKey || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  step(by);
});

// Dialling says that she rings: colleagues see it at once.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-takes]");
  link?.closest("[data-displaced]").querySelector("button[value=take]")?.click();
});

// --- Live ------------------------------------------------------------------------------------------

let refresh = null;

function isTyping() {
  return document.activeElement?.matches("#worklist input");
}

function isBusy() {
  return isTyping() || document.querySelector("#worklist.htmx-request, #worklist .htmx-request");
}

// A field in use is not taken away, and an answer under way comes first: the list waits.
function ask(wait = 200) {
  clearTimeout(refresh);
  refresh = setTimeout(() => {
    if (isBusy()) return ask(500);
    if (list()) window.htmx.trigger(list(), "worklist:refresh");
  }, wait);
}

body.addEventListener("htmx:wsAfterMessage", (event) => {
  if (/id="(figures|live-hint)"/.test(event.detail.message)) ask();
});
body.addEventListener("agenda:changed", () => ask());

let hadFocus = false;
let typed = new Map();

body.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (target?.id !== "worklist") return;
  if (requestConfig.verb === "get" && isTyping()) {
    event.detail.shouldSwap = false;
    return ask(1000);
  }
  hadFocus = target.contains(document.activeElement);
  const sent = requestConfig.elt.closest("[data-displaced]");
  const fields = [...target.querySelectorAll("input[name=note]")];
  const kept = fields.filter((field) => field.value && !sent?.contains(field));
  typed = new Map(kept.map((field) => [field.id, field.value]));
});

// At once, not when it has settled: a key that follows closely finds whom it is for.
body.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "worklist") return;
  for (const [id, value] of typed) {
    const field = document.getElementById(id);
    if (field) field.value = value;
  }
  frameAgain();
  if (!hadFocus) return;
  (document.querySelector("[data-framed]") ?? list()).focus({ preventScroll: true });
});

frameAgain();
