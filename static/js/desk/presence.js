// How she stands: a choice made closes its dialog.

const dialog = document.getElementById("dialog");

document.body.addEventListener("presence:chosen", () => {
  if (dialog?.querySelector(".presence-form")) dialog.close();
});

// An idle desk says where calls go: what changes the routing may change that. One that takes calls
// says so whatever becomes of the others.
let asked = null;

document.body.addEventListener("htmx:wsAfterMessage", (event) => {
  if (!event.detail.message.includes('id="live-lines"')) return;
  clearTimeout(asked);
  asked = setTimeout(() => {
    const words = document.getElementById("idle-words");
    const takesCalls = document.querySelector("#presence-key .dot-ok");
    if (words && !(takesCalls && words.matches(":not(.idle-elsewhere)")))
      window.htmx.trigger(words, "idle:refresh");
  }, 150);
});
