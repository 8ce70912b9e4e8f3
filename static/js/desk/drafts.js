// What is typed is kept by the server at each pause of typing; this file keeps the rest of it.
//
// A form is dirty from the first key to the answer of its draft. Dirty forms are sent when the page
// goes away (reload, second call), and when the line to the server comes back. A page that is asked
// for while such a draft is still on its way would not show it: for some seconds, and no longer, the
// words also wait in this tab.

const STASH = "desk-drafts";
const SECONDS = 8;
const dirty = new Set();

function addressOf(form) {
  return form.querySelector("[data-draft]").getAttribute("hx-post");
}

// --- In this tab, for some seconds ----------------------------------------------------------------

function stashed() {
  const all = JSON.parse(sessionStorage.getItem(STASH) ?? "{}");
  const fresh = ([, { at }]) => Date.now() - at < SECONDS * 1000;
  return Object.fromEntries(Object.entries(all).filter(fresh));
}

function keepStashed(all) {
  if (Object.keys(all).length) sessionStorage.setItem(STASH, JSON.stringify(all));
  else sessionStorage.removeItem(STASH);
}

function stash(form) {
  const entries = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  keepStashed({ ...stashed(), [addressOf(form)]: { at: Date.now(), entries } });
}

function unstash(root) {
  const all = stashed();
  for (const form of root.querySelectorAll("form[data-face-form]")) {
    const address = addressOf(form);
    if (all[address]) fill(form, all[address].entries);
    delete all[address];
  }
  keepStashed(all);
}

function fill(form, entries) {
  for (const [name, value] of entries)
    for (const field of form.querySelectorAll(`[name="${name}"]`)) {
      if (["radio", "checkbox"].includes(field.type)) field.checked ||= field.value === value;
      else field.value = value;
    }
}

// --- To the server ----------------------------------------------------------------------------------

function sendNow(form) {
  dirty.delete(form);
  if (!form.isConnected) return;
  stash(form);
  navigator.sendBeacon(addressOf(form), new FormData(form));
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

// A draft that is answered before the page has gone, but after the next one was made, is on neither.
addEventListener("beforeunload", () => dirty.forEach(stash));
addEventListener("pagehide", () => dirty.forEach(sendNow));

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, shouldSwap } = event.detail;
  for (const form of dirty) if (shouldSwap && target !== form && target.contains(form)) sendNow(form);
});

document.addEventListener("htmx:load", (event) => {
  if (event.target.querySelector?.("form[data-face-form]")) unstash(event.target);
});

document.body.addEventListener("live:open", () => {
  for (const form of dirty)
    if (form.isConnected) window.htmx.trigger(form.querySelector("[data-draft]"), "draft:save");
});

unstash(document);
setInterval(() => keepStashed(stashed()), SECONDS * 1000);
