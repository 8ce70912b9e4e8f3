// The four faces of a call, and what ties the slots to the grid.

function faceNames() {
  return [...document.querySelectorAll("[data-face]")];
}

// --- Faces -------------------------------------------------------------------------------------------

function show(tab, focus) {
  for (const other of faceNames()) {
    const isShown = other === tab;
    other.setAttribute("aria-selected", String(isShown));
    other.tabIndex = isShown ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).hidden = !isShown;
  }
  history.replaceState(history.state, "", tab.href);
  const face = document.getElementById(tab.getAttribute("aria-controls"));
  if (focus) firstField(face)?.focus({ preventScroll: false });
  else tab.focus();
}

// Where she goes on: what was refused, else what is still missing when the beginning is known.
function firstField(face) {
  const fields = face.querySelectorAll(
    "form[data-save] :is(input:not([type=hidden]), textarea, select)",
  );
  const wrong = [...fields].find((field) => field.getAttribute("aria-invalid") === "true");
  const shown = [...fields].filter(
    (field) => field.offsetParent && field.tabIndex >= 0 && !field.closest("#wishes"),
  );
  const begun = shown[0]?.type === "text" && shown[0].value;
  const missing = begun && shown.find((field) => field.required && !field.value);
  return wrong || missing || shown[0] || face;
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-face]");
  if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(tab, true);
});

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[data-face]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !step) return;
  const tabs = faceNames();
  event.preventDefault();
  show(tabs.at((tabs.indexOf(tab) + step) % tabs.length), false);
});

// --- Slots: the list and the grid are one choice ---------------------------------------------------------

function choose(value) {
  for (const button of document.querySelectorAll("#week [data-slot]"))
    button.setAttribute("aria-pressed", String(button.dataset.slot === value));
}

function addSlot(value, text) {
  const slots = document.getElementById("slots");
  if (!slots) return;
  const found = [...slots.querySelectorAll("input")].find((input) => input.value === value);
  if (found) {
    found.checked = true;
    return;
  }
  const template = document.getElementById("slot-template").content.cloneNode(true);
  template.querySelector("input").value = value;
  template.querySelector("b").textContent = text;
  slots.querySelector("[data-picked]")?.remove();
  slots.append(template);
}

document.addEventListener("grid:pick", (event) => {
  addSlot(event.detail.slot, event.target.dataset.when);
  choose(event.detail.slot);
  document.getElementById("booking")?.dispatchEvent(new Event("input", { bubbles: true }));
  document.getElementById("patient")?.focus();
});

document.addEventListener("change", (event) => {
  if (event.target.name === "slot") choose(event.target.value);
  // Another motive has other free slots: the list and the week are asked again.
  // So do some motives for those who have come before, and for those who have not.
  if (["booking-motive", "patient-value"].includes(event.target.id))
    window.htmx.trigger("body", "slots:refresh");
});

// Another practitioner has other free slots as well.
let listed = shownCalendar();

function shownCalendar() {
  const week = document.getElementById("week");
  return {
    client: week?.dataset.client,
    calendar: week?.querySelector("input[name=calendar]")?.value,
  };
}

document.addEventListener("htmx:afterSettle", () => {
  const shown = shownCalendar();
  if (shown.client === listed.client && shown.calendar !== listed.calendar)
    window.htmx.trigger("body", "slots:refresh");
  listed = shown;
});

// --- What the server says happened ----------------------------------------------------------------------------

// Somebody said who is calling: what is still empty is filled in, nothing typed is touched.
document.body.addEventListener("caller:chosen", (event) => {
  const { uuid, name, number } = event.detail;
  document.getElementById("caller-dialog")?.close();
  fill("patient", name) && fill("patient-value", uuid);
  fill("message-caller_name", name);
  for (const id of ["message-callback_number", "emergency-number"]) fill(id, number);
});

// The caller is held or handed on: what was asked for needs no dialog any more.
// Whom she hands the next caller to is asked for afresh.
document.body.addEventListener("talk:moved", () => {
  const dialog = document.getElementById("transfer-dialog");
  if (!dialog?.open) return;
  dialog.close();
  dialog.querySelector("form").reset();
  document.getElementById("transfer-aim-value").value = "";
});

function fill(id, value) {
  const field = document.getElementById(id);
  if (!field || field.value || !value) return false;
  field.value = value;
  return true;
}

// The outcome of an emergency leads to another face.
document.body.addEventListener("desk:face", (event) => {
  const tab = document.querySelector(`[data-face="${event.detail.face}"]`);
  const urgent = document.querySelector('#message input[name="urgency"][value="urgent"]');
  if (event.detail.urgent && urgent) urgent.click();
  if (tab) show(tab, true);
});

// --- After a form came back: the first wrong field, or the face's beginning -----------------------------------

document.addEventListener("htmx:afterSettle", (event) => {
  const form = event.detail.elt?.closest?.("form[data-save]") ?? event.detail.target;
  if (!form?.matches?.("form[data-save]")) return;
  const wrong = form.querySelector('[aria-invalid="true"]');
  wrong?.focus();
});
