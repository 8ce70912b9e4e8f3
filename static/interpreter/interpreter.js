// Keys of the simulator: each button that has one carries data-code, a list of event.code values.

const TYPING = "input, select, textarea, [contenteditable]";

function buttonFor(code) {
  const found = [...document.querySelectorAll(`[data-code~="${CSS.escape(code)}"]`)];
  return found.find((button) => !button.disabled && button.offsetParent !== null);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches(TYPING)) {
    event.target.blur();
    return;
  }
  const modified = event.ctrlKey || event.altKey || event.metaKey;
  if (modified || event.repeat || event.target.closest(TYPING)) return;
  const button = buttonFor(event.code);
  if (!button) return;
  event.preventDefault();
  button.click();
});

// The newest line of the transcript stays in view.
document.body.addEventListener("htmx:oobAfterSwap", () => {
  const transcript = document.querySelector(".transcript");
  if (transcript) transcript.scrollTop = transcript.scrollHeight;
});
