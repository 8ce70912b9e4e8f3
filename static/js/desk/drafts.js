// What is typed is kept by the server at each pause of typing; this file keeps the rest of it.
//
// A form is dirty from the first key to the answer of its draft. Dirty forms are sent when the page
// goes away (reload, second call), and when the line to the server comes back.

const STASH = "desk-drafts";
const dirty = new Set();

function draftAddress(form) {
  return draftOf(form).getAttribute("hx-post");
}

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
    navigator.sendBeacon(draftAddress(form), new FormData(form));
  dirty.delete(form);
}

// A reload asks for the page while the draft is still on its way: the words wait in this tab for
// the next page, which takes them out at once.
function stash() {
  const kept = [...dirty].map((form) => [draftAddress(form), [...new FormData(form)]]);
  if (kept.length) sessionStorage.setItem(STASH, JSON.stringify(kept));
}

function unstash() {
  const kept = JSON.parse(sessionStorage.getItem(STASH) ?? "[]");
  sessionStorage.removeItem(STASH);
  for (const form of document.querySelectorAll("form[data-face-form]"))
    for (const [address, entries] of kept) if (address === draftAddress(form)) fill(form, entries);
}

function fill(form, entries) {
  for (const [name, value] of entries) {
    if (name === "csrfmiddlewaretoken") continue;
    for (const field of form.querySelectorAll(`[name="${name}"]`)) {
      if (["radio", "checkbox"].includes(field.type)) field.checked ||= field.value === value;
      else field.value = value;
    }
  }
}

addEventListener("pagehide", () => {
  stash();
  dirty.forEach(sendNow);
});
unstash();

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, shouldSwap } = event.detail;
  for (const form of dirty) if (shouldSwap && target !== form && target.contains(form)) sendNow(form);
});

document.body.addEventListener("live:open", () => {
  for (const form of dirty) if (form.isConnected) window.htmx.trigger(draftOf(form), "draft:save");
});
