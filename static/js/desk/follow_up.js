// The list follows the desk's live line: each time the figures come, it asks for itself again.

const body = document.body;
let refresh = null;

const list = () => document.getElementById("follow-up");

body.addEventListener("htmx:wsAfterMessage", (event) => {
  if (!event.detail.message.includes('id="figures"')) return;
  clearTimeout(refresh);
  refresh = setTimeout(() => list() && window.htmx.trigger(list(), "follow-up:refresh"), 150);
});

// The button that was pressed has gone with its line: the reader goes on at the list.
body.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.requestConfig?.verb === "post" && event.target.id === "follow-up") list().focus();
});
