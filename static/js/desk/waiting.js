// The waiting list on every page of the desk: an offer that is closed lets its slot go, numbers are
// copied, and the page of the list follows the desk's live line.

const body = document.body;
const dialog = document.getElementById("dialog");
const inside = document.getElementById("dialog-body");

// --- An offer is left when its dialog is closed without an answer --------------------------------

function post(url) {
  const headers = JSON.parse(body.getAttribute("hx-headers"));
  fetch(url, { method: "POST", headers: { ...headers, "HX-Request": "true" }, keepalive: true });
}

function leave() {
  const offer = inside?.querySelector("[data-leave]");
  if (!offer) return;
  inside.replaceChildren();
  post(offer.dataset.leave);
}

dialog?.addEventListener("close", leave);
addEventListener("pagehide", leave);

// The opened dialog has its own first place for the focus, once the server has filled it.
body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target === inside && dialog.open) inside.querySelector("[autofocus]")?.focus();
});

// What was put on the list is said beside; its form is done.
body.addEventListener("waiting:done", () => dialog.close());

// --- Numbers ---------------------------------------------------------------------------------------

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copies);
  const detail = { text: button.dataset.copied, level: "info", undo: "" };
  body.dispatchEvent(new CustomEvent("toast", { detail }));
});

// --- The page of the list --------------------------------------------------------------------------

let refresh = null;

body.addEventListener("htmx:wsAfterMessage", (event) => {
  if (!event.detail.message.includes('id="board-rest"')) return;
  clearTimeout(refresh);
  refresh = setTimeout(() => {
    const list = document.getElementById("waiting-list");
    if (list) window.htmx.trigger(list, "waiting:refresh");
  }, 150);
});
