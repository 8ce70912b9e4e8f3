// A field that proposes as one types: [data-combobox] around an input and a listbox filled by htmx.
//
// Options are [role=option]: one with data-value fills the hidden field, a link is followed.

function parts(box) {
  const input = box.querySelector("[role=combobox]");
  const list = document.getElementById(input.getAttribute("aria-controls"));
  return { input, list, options: [...list.querySelectorAll("[role=option]:not([aria-disabled])")] };
}

function point(box, option) {
  const { input, options } = parts(box);
  for (const other of options) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else input.removeAttribute("aria-activedescendant");
}

function current(box) {
  return parts(box).options.find((option) => option.getAttribute("aria-selected") === "true");
}

function close(box) {
  const { input, list } = parts(box);
  if (!box.dataset.comboboxValue) return;
  list.replaceChildren();
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function take(box, option) {
  if (option.href) return option.click();
  const { input } = parts(box);
  const hidden = document.getElementById(box.dataset.comboboxValue);
  input.value = option.dataset.text;
  hidden.value = option.dataset.value;
  tellBorn(box, option.dataset.born);
  close(box);
  input.focus();
  hidden.dispatchEvent(new Event("input", { bubbles: true }));
  hidden.dispatchEvent(new Event("change", { bubbles: true }));
}

// Homonyms are told apart by their birth dates, also once one of them is chosen.
function tellBorn(box, born = "") {
  const place = box.querySelector("[data-combobox-born]");
  if (place) place.textContent = born;
}

function onKey(event) {
  const box = event.target.closest?.("[data-combobox]");
  if (!box || event.target.getAttribute("role") !== "combobox") return;
  const { options } = parts(box);
  const at = options.indexOf(current(box));
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && options.length) {
    event.preventDefault();
    point(box, options.at((at + step + options.length) % options.length));
  } else if (event.key === "Enter" && !event.ctrlKey && (current(box) ?? box.matches("form"))) {
    event.preventDefault();
    const chosen = current(box) ?? options[0];
    if (chosen) take(box, chosen);
  } else if (event.key === "Escape" && box.matches("form")) {
    // A search field would only be emptied, and the palette would take a second press.
    event.preventDefault();
    event.stopPropagation();
    box.closest("dialog").close();
  } else if (event.key === "Escape" && options.length && box.dataset.comboboxValue) {
    event.preventDefault();
    event.stopPropagation();
    close(box);
  }
}

document.addEventListener("keydown", onKey, true);

document.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]:not([aria-disabled])");
  const list = option?.closest("[role=listbox]");
  for (const box of document.querySelectorAll("[data-combobox]"))
    if (list && parts(box).list === list && !option.href) take(box, option);
});

// What was chosen is forgotten as soon as its name is changed.
document.addEventListener("input", (event) => {
  const box = event.target.closest?.("[data-combobox]");
  if (!box?.dataset.comboboxValue || event.target.getAttribute("role") !== "combobox") return;
  document.getElementById(box.dataset.comboboxValue).value = "";
  tellBorn(box);
});

// One of a few people who are likely, as a button of its own: [data-fills] names the input.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fills]");
  const box = button && document.getElementById(button.dataset.fills)?.closest("[data-combobox]");
  if (box) take(box, button);
});

document.addEventListener("focusout", (event) => {
  const box = event.target.closest?.("[data-combobox]");
  if (box && !box.contains(event.relatedTarget)) setTimeout(() => close(box), 150);
});

document.addEventListener("htmx:afterSwap", (event) => {
  for (const box of document.querySelectorAll("[data-combobox]")) {
    const { input, list, options } = parts(box);
    if (list !== event.detail.target) continue;
    input.setAttribute("aria-expanded", String(options.length > 0));
    if (box.matches("form")) point(box, options[0]);
  }
});
