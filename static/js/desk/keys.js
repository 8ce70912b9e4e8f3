// The desk's keys. Each control says its action (data-key); the body says which key does what.
//
// Digits are read by their place (event.code), because AZERTY needs Shift for them; letters by what
// is printed on them (event.key), because AZERTY moves them. Function keys work everywhere; digits
// and letters only while no field has the focus, and they can be turned off (WCAG 2.1.4).

const TWICE_WITHIN = 900;
const typing = 'input:not([type="radio"], [type="checkbox"]), textarea, select, [contenteditable]';

function isTyping(element = document.activeElement) {
  return Boolean(element?.matches?.(typing));
}

function keyOf(event) {
  if (/^(Digit|Numpad)\d$/.test(event.code)) return event.code.at(-1);
  if (/^F\d+$/.test(event.code)) return event.code;
  return event.key.length === 1 ? event.key.toLowerCase() : "";
}

// What the page in the middle offers goes before the same in the lists beside it.
function control(action) {
  const scope = document.querySelector("dialog[open]") ?? document;
  const shown = [...scope.querySelectorAll(`[data-key="${action}"]`)].filter(
    (element) => element.offsetParent || element.closest("dialog[open]"),
  );
  return shown.find((element) => element.closest("main")) ?? shown[0];
}

// --- What is sent anew while she uses it ----------------------------------------------------------

// Says of a control what it does and for which call: the same words, the same control, although the
// live link has put another element in its place.
function nameOf(control) {
  const call = control.closest("[data-call]")?.dataset.call;
  if (control.id) return JSON.stringify([call, control.id]);
  const sends = control.getAttribute("hx-post") ?? control.getAttribute("href") ?? control.closest("form")?.action;
  return JSON.stringify([call, control.tagName, control.name, control.value, control.dataset.key, sends]);
}

let focused = "";

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const active = document.activeElement;
  if (event.detail.target.contains(active)) focused = nameOf(active);
});

document.addEventListener("htmx:oobAfterSwap", () => {
  if (focused && document.activeElement === document.body) {
    const controls = [...document.querySelectorAll("a, button, input, select, textarea, summary, [tabindex]")];
    controls.find((control) => nameOf(control) === focused)?.focus({ preventScroll: true });
  }
  focused = "";
});

// --- Hanging up is never one slip away: the same key or button twice ----------------------------

let armed = null;

function disarm() {
  armed?.button.classList.remove("armed");
  clearTimeout(armed?.timer);
  armed = null;
}

function confirmTwice(button) {
  const name = nameOf(button);
  const again = armed?.name === name && (armed.button === button || !armed.button.isConnected);
  disarm();
  if (again) return true;
  button.classList.add("armed");
  armed = { button, name, timer: setTimeout(disarm, TWICE_WITHIN) };
  return false;
}

function press(action) {
  const element = control(action);
  if (!element) return false;
  // Among several, the key only points: Tab goes on to the next, Enter chooses.
  if (element.hasAttribute("data-key-points")) element.focus();
  else if (!element.hasAttribute("data-twice") || confirmTwice(element)) element.click();
  return true;
}

// --- Keys ------------------------------------------------------------------------------------------

function save() {
  const inside = document.activeElement?.closest("form[data-save]");
  const shown = document.querySelector(".face:not([hidden]) form[data-save]");
  (document.querySelector("dialog[open] form[data-save]") ?? inside ?? shown)?.requestSubmit();
}

function leaveField() {
  const face = document.activeElement.closest(".face");
  const tab = face && document.getElementById(face.getAttribute("aria-labelledby"));
  if (tab) tab.focus();
  else document.activeElement.blur();
}

function onControl(event) {
  if (event.key === "Enter") {
    event.preventDefault();
    save();
  } else if (event.code === "KeyK" || event.key.toLowerCase() === "k") {
    event.preventDefault();
    press("search");
  }
}

function onKey(event) {
  if (event.defaultPrevented || event.altKey || event.metaKey || event.isComposing) return;
  if (event.ctrlKey) return onControl(event);
  const isOpen = document.querySelector("dialog[open]");
  if (event.key === "Escape" && !isOpen && isTyping()) return leaveField();
  const key = keyOf(event);
  const isFunction = /^F\d+$/.test(key);
  if (!isFunction && (isOpen || isTyping() || document.body.dataset.letters === "off")) return;
  const keys = JSON.parse(document.body.dataset.keys);
  const actions = Object.keys(keys).filter((action) => keys[action] === key);
  if (key && actions.some((action) => !event.repeat && press(action))) event.preventDefault();
}

document.addEventListener("keydown", onKey);

// The button itself asks twice as well when it is pressed by keyboard or mouse.
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest("[data-twice]");
    if (!button || !event.isTrusted || confirmTwice(button)) return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);
