// The pages about lines follow the desk's live line: who is there, who covers, a crisis, a schedule.
// Each part that shows something is asked for again; what is typed in a form stays as it is.

const PAUSE = 300;
let refresh = null;

document.body.addEventListener("htmx:wsAfterMessage", (event) => {
  if (!event.detail.message.includes('id="live-lines"')) return;
  clearTimeout(refresh);
  refresh = setTimeout(() => {
    const live = document.getElementById("lines-live");
    if (live) window.htmx.trigger(live, "lines:refresh");
  }, PAUSE);
});
