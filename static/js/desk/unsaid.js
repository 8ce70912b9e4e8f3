// Calls to name: one of them is framed, and the keys act on that one.

const items = () => [...document.querySelectorAll("[data-unsaid]")];

function frame(item) {
  for (const other of items()) {
    other.toggleAttribute("data-framed", other === item);
    for (const button of other.querySelectorAll("[data-row-key]")) {
      if (other === item) button.dataset.key = button.dataset.rowKey;
      else delete button.dataset.key;
    }
  }
}

document.addEventListener("focusin", (event) => {
  const item = event.target.closest("[data-unsaid]");
  if (item) frame(item);
});

document.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || event.ctrlKey || event.altKey || document.querySelector("dialog[open]")) return;
  const place = items().findIndex((item) => item.hasAttribute("data-framed"));
  const next = items()[place + by];
  if (!next || event.target.matches("input, textarea, select")) return;
  event.preventDefault();
  frame(next);
  next.querySelector("button").focus();
});

// The button that was pressed has gone with its call: the reader goes on at the list.
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "unsaid") event.target.focus({ preventScroll: true });
});
