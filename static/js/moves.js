// Sends what the grid emits: a move, and the opening of an appointment in the dialog.
//
// The server says why it refuses (409 or 422, in words); the week is drawn again either way, so
// that what is on the screen is what is in the agenda.

function say(text, level, undo) {
  document.body.dispatchEvent(new CustomEvent("toast", { detail: { text, level, undo } }));
}

async function send(url, fields) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  return fetch(url, {
    method: "POST",
    headers: { ...headers, "HX-Request": "true", Accept: "application/json" },
    body: new URLSearchParams(fields),
  });
}

document.addEventListener("grid:move", async (event) => {
  const grid = event.target.closest("[data-grid]");
  const { url, calendar, day, time } = event.detail;
  try {
    const answer = await send(url, { calendar, date: day, time });
    const { text, undo } = await answer.json();
    say(text, answer.ok ? "info" : "error", undo);
  } catch {
    say(document.body.dataset.textOffline, "error");
  }
  window.htmx.trigger(grid, "grid:refresh");
});

// An appointment was changed in its dialog, or a change was taken back.
document.body.addEventListener("agenda:changed", () => {
  document.querySelector("dialog[open]")?.close();
  if (document.getElementById("booking")) window.htmx.trigger("body", "slots:refresh");
  else if (document.getElementById("week")) window.htmx.trigger("#week", "grid:refresh");
});

document.addEventListener("grid:open", (event) => {
  if (!event.detail.url) return;
  window.htmx.ajax("GET", event.detail.url, { target: "#dialog-body", swap: "innerHTML" });
  document.getElementById("dialog").showModal();
});
