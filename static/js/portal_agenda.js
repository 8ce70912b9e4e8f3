// Sends what the week's grid emits, and shows what came of it with a way back.
//
// The server says why it refuses (409 or 422, in words); the grid is drawn again either way, so
// that what is on the screen is what is in the agenda.

const body = document.body;

function say(text, level) {
  body.dispatchEvent(new CustomEvent("toast", { detail: { text, level } }));
}

async function post(url, fields) {
  const headers = JSON.parse(body.getAttribute("hx-headers"));
  return fetch(url, {
    method: "POST",
    headers: { ...headers, Accept: "application/json" },
    body: new URLSearchParams(fields),
  });
}

// The page shows what was just done, with « Undo », from its address.
function showDone(change) {
  const here = new URL(location.href);
  here.searchParams.set("done", change);
  history.replaceState(history.state, "", here);
  body.dispatchEvent(new CustomEvent("portal:refresh"));
}

document.addEventListener("grid:move", async (event) => {
  const grid = event.target.closest("[data-grid]");
  const { url, calendar, day, time } = event.detail;
  try {
    const answer = await post(url, { calendar, date: day, time });
    const said = await answer.json();
    if (!answer.ok) say(said.text, "error");
    else showDone(said.done);
  } catch {
    say(body.dataset.textOffline, "error");
  }
  window.htmx.trigger(grid, "grid:refresh");
});

function open(url) {
  const pane = document.getElementById("pane");
  if (!pane) return location.assign(url);
  history.pushState({ htmx: true }, "", url);
  window.htmx.ajax("GET", url, { target: "#pane", select: "#pane", swap: "outerHTML" });
}

document.addEventListener("grid:open", (event) => {
  if (event.detail.url) open(event.detail.url);
});

document.addEventListener("grid:pick", (event) => {
  if (!body.dataset.free) return; // who only reads books nothing
  open(`${body.dataset.free}?slot=${encodeURIComponent(event.detail.slot)}`);
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-close-done]")) return;
  const here = new URL(location.href);
  here.searchParams.delete("done");
  history.replaceState(history.state, "", here);
  document.getElementById("done").replaceChildren();
});

// A hint that the agenda changed also concerns the grid, which knows how to fetch itself.
body.addEventListener("live:hints", (event) => {
  const grid = document.querySelector("[data-grid]");
  const concerned = event.detail.has("agenda.changed") || event.detail.has("everything");
  if (grid && concerned && !body.classList.contains("carrying"))
    window.htmx.trigger(grid, "grid:refresh");
});
