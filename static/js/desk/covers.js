// Handing over: the dialog closes once a colleague is asked, and the page of a hand-over opens
// unless she is in a call or writes.

const body = document.body;
const dialog = document.getElementById("dialog");

body.addEventListener("cover:done", () => dialog?.close());

body.addEventListener("cover:show", (event) => {
  const isBusy =
    document.getElementById("callhead") || document.activeElement?.matches("textarea, input:not([type=radio], [type=checkbox])");
  if (!isBusy) location.assign(event.detail.url);
});
