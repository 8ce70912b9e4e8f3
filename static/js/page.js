// What every page has: short-lived messages, and a word when the server or the network fails.

const LIFETIME = 7000;
const toasts = document.getElementById("toasts");

function addButton(toast) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.closeToast = "";
  button.setAttribute("aria-label", document.body.dataset.textClose);
  button.textContent = "✕";
  toast.append(button);
}

function addUndo(toast, url) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = document.body.dataset.textUndo;
  button.addEventListener("click", () => {
    toast.remove();
    window.htmx.ajax("POST", url, { swap: "none" });
  });
  toast.append(button);
}

function say(text, level = "info", undo = "") {
  const toast = document.createElement("div");
  toast.className = level === "error" ? "toast toast-error" : "toast";
  toast.dataset.toast = level;
  const words = document.createElement("span");
  words.textContent = text;
  toast.append(words);
  if (undo) addUndo(toast, undo);
  addButton(toast);
  toasts.append(toast);
}

// An error stays until it is closed; a toast in which one works (undo, focus) waits.
function retire(toast) {
  if (toast.dataset.toast === "error") return;
  setTimeout(() => {
    if (toast.matches(":hover, :focus-within")) retire(toast);
    else toast.remove();
  }, LIFETIME);
}

for (const toast of toasts.children) retire(toast);
new MutationObserver((changes) => {
  for (const change of changes)
    for (const node of change.addedNodes) if (node.dataset?.toast) retire(node);
}).observe(toasts, { childList: true });

toasts.addEventListener("click", (event) => {
  event.target.closest("[data-close-toast]")?.closest("[data-toast]").remove();
});

// A view says something by the header HX-Trigger: {"toast": {"text": …, "level": …,
// "undo": address that takes it back}}.
document.body.addEventListener("toast", (event) => {
  const { text, level, undo } = event.detail;
  say(text, level, undo);
});
document.body.addEventListener("htmx:responseError", (event) => {
  if (!event.detail.requestConfig?.elt?.hasAttribute("data-quiet"))
    say(document.body.dataset.textFailed, "error");
});
document.body.addEventListener("htmx:sendError", (event) => {
  if (!event.detail.requestConfig?.elt?.hasAttribute("data-quiet"))
    say(document.body.dataset.textOffline, "error");
});

// <dialog data-open> opened by [data-opens="#id"], closed by [data-closes].
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.querySelector(opener.dataset.opens)?.showModal();
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
});

// A menu (<details class="menu">) closes as people expect: Escape, a click elsewhere, the focus gone.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]"))
    if (!menu.contains(except)) menu.open = false;
}

document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// htmx learns of a button a moment after it has drawn it; a button pressed in that moment would
// submit its form without its own value and address.
document.body.addEventListener("htmx:configRequest", (event) => {
  const { parameters, triggeringEvent } = event.detail;
  const pressed = triggeringEvent?.submitter;
  if (pressed?.name && !(pressed.name in parameters)) parameters[pressed.name] = pressed.value;
  if (pressed?.hasAttribute("formaction")) event.detail.path = pressed.getAttribute("formaction");
});

// A part of the page may be sent anew while a button in it waits for its answer. htmx would then look
// for the answer's places beside the old button, and tell of it, where no page is any more: so the old
// part stands in the page, unseen, while its answer is taken in.
document.body.addEventListener("htmx:beforeSend", (event) => {
  const { elt, xhr } = event.detail;
  const shelter = document.createElement("div");
  shelter.hidden = true;
  // Before htmx, which takes in what has loaded.
  xhr.addEventListener("readystatechange", () => {
    if (xhr.readyState !== XMLHttpRequest.DONE || elt.isConnected) return;
    shelter.append(elt.getRootNode());
    document.body.append(shelter);
  });
  xhr.addEventListener("loadend", () => shelter.remove());
});
