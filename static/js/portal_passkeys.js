// Says in words why a passkey did not work; allauth's own script would only write to the console.

document.addEventListener("allauth.error", (event) => {
  const place = document.getElementById("passkey-error");
  if (!place) return;
  event.preventDefault();
  const { exception } = event.detail;
  const known = exception && exception.name === "InvalidStateError";
  place.textContent = known ? place.dataset.textKnown : place.dataset.textGaveUp;
  place.hidden = false;
});
