// How she stands: a choice made closes its dialog.

const dialog = document.getElementById("dialog");

document.body.addEventListener("presence:chosen", () => {
  if (dialog?.querySelector(".presence-form")) dialog.close();
});
