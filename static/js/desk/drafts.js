// What is typed is kept by the server at each pause of typing; this file keeps the rest of it.
//
// A form is dirty from the first key to the answer of its draft. Dirty forms are sent when the page
// goes away (reload, second call), and when the line to the server comes back.

const dirty = new Set();

function draftOf(form) {
  return form.querySelector("[data-draft]");
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-face-form]");
  if (form) dirty.add(form);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful } = event.detail;
  if (successful && elt.matches("[data-draft], form[data-face-form]"))
    dirty.delete(elt.closest("form"));
});

document.addEventListener("submit", (event) => dirty.delete(event.target));

function sendNow(form) {
  if (form.isConnected)
    navigator.sendBeacon(draftOf(form).getAttribute("hx-post"), new FormData(form));
  dirty.delete(form);
}

addEventListener("pagehide", () => dirty.forEach(sendNow));

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, shouldSwap } = event.detail;
  for (const form of dirty) if (shouldSwap && target !== form && target.contains(form)) sendNow(form);
});

document.body.addEventListener("live:open", () => {
  for (const form of dirty) if (form.isConnected) window.htmx.trigger(draftOf(form), "draft:save");
});
