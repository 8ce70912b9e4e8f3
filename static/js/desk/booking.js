// When the caller can come, moments that can't be had, moving, and several appointments at once.

const body = document.body;

function ask() {
  window.htmx.trigger("body", "slots:refresh");
}

// --- What she wishes -------------------------------------------------------------------------------

// Wishes are no draft: they are kept with the call, and nothing waits to be finished for them.
document.addEventListener(
  "input",
  (event) => event.target.closest?.("#wishes") && event.stopPropagation(),
  true,
);

document.addEventListener("change", (event) => {
  if (event.target.closest("#wishes") && event.target.id !== "when") ask();
  if (event.target.name === "slot") forget();
});

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "when" || event.key !== "Enter" || event.ctrlKey) return;
  event.preventDefault();
  window.htmx.trigger(event.target, "when:said");
});

// A moment that was said and is free is chosen as if it had been picked.
body.addEventListener("slot:said", () => {
  document.getElementById("booking")?.dispatchEvent(new Event("input", { bubbles: true }));
  (document.getElementById("patient") ?? document.querySelector("#slots :checked"))?.focus();
});

// --- A moment that can't be had says why ---------------------------------------------------------------

function forget() {
  const pointed = document.getElementById("wish-at");
  if (pointed) pointed.value = "";
}

body.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.id === "slots")
    document.querySelector(".slot-refused")?.scrollIntoView({ block: "nearest" });
});

function momentAt(event) {
  const column = event.target.closest?.("#week .week-column");
  if (!column || event.target.closest("button") || body.classList.contains("carrying")) return null;
  const row = (event.clientY - column.getBoundingClientRect().top) / rowHeight(column);
  const minutes = Number(column.dataset.first) + Math.floor(row) * 5;
  const pad = (number) => String(number).padStart(2, "0");
  const time = `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
  return `${column.dataset.calendar} ${column.dataset.day} ${time}`;
}

function rowHeight(column) {
  return column.getBoundingClientRect().height / Number(column.dataset.rows);
}

document.addEventListener("click", (event) => {
  const pointed = document.getElementById("wish-at");
  const moment = pointed && momentAt(event);
  if (!moment) return;
  pointed.value = moment;
  ask();
});

// A pointer that rests there is told as well.
let resting = null;
let bubble = null;

function hide() {
  clearTimeout(resting);
  bubble?.remove();
  bubble = null;
}

async function tellWhy(moment, x, y) {
  const form = document.getElementById("booking");
  const address = document.getElementById("week")?.dataset.why;
  if (!form || !address) return;
  const asked = new URLSearchParams({ wish_sent: "1", wish_at: moment });
  for (const name of ["motive", "patient"])
    asked.set(name, form.elements.namedItem(name)?.value ?? "");
  const answer = await fetch(`${address}?${asked}`).catch(() => null);
  if (!answer?.ok || resting === null) return;
  const [when, ...why] = (await answer.text()).split("\n");
  if (!when) return;
  bubble?.remove();
  bubble = document.createElement("div");
  bubble.className = "why";
  bubble.setAttribute("role", "tooltip");
  const title = document.createElement("b");
  title.textContent = when;
  bubble.append(title, ...why.map((words) => Object.assign(document.createElement("p"), { textContent: words })));
  body.append(bubble);
  bubble.style.left = `${Math.min(x + 12, innerWidth - bubble.offsetWidth - 8)}px`;
  bubble.style.top = `${Math.min(y + 12, innerHeight - bubble.offsetHeight - 8)}px`;
}

document.addEventListener("pointermove", (event) => {
  if (event.pointerType !== "mouse") return;
  hide();
  const moment = momentAt(event);
  resting = moment ? setTimeout(() => tellWhy(moment, event.clientX, event.clientY), 350) : null;
});
document.addEventListener("scroll", hide, true);

// --- Weeks, from wherever she is in this face ------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  const step = { PageDown: 1, PageUp: -1 }[event.key];
  const grid = document.getElementById("week");
  const face = document.getElementById("face-appointment");
  if (!step || !grid || !face || face.hidden || event.defaultPrevented) return;
  const elsewhere = event.target.matches("textarea, select") || document.querySelector("dialog[open]");
  if (elsewhere) return;
  event.preventDefault();
  grid.dispatchEvent(new CustomEvent("grid:turn", { bubbles: true, detail: { step } }));
});

// --- Moving: the form takes the booking form's place ------------------------------------------------------

body.addEventListener("htmx:load", (event) => {
  if (!event.target.matches?.("form[data-moving]")) return;
  const first = event.target.querySelector("[aria-invalid=true], #slots input[type=radio]");
  first?.focus();
});

// --- Several appointments -----------------------------------------------------------------------------------

document.addEventListener("change", (event) => {
  if (!event.target.closest("[data-rhythm]") && event.target.id !== "series-patient-value") return;
  window.htmx.trigger("#series-rows", "series:asked");
});
