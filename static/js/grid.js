// The week grid: one tab stop, arrows inside, and moving by mouse, long press or keyboard.
//
// It decides nothing. It emits, bubbling from the button concerned:
//   grid:pick  {slot}                                     a free slot was chosen
//   grid:open  {appointment, url}                         an appointment was opened
//   grid:move  {appointment, url, calendar, day, time}    an appointment was put elsewhere
// It hears grid:turn {step}, sent to it by who wants another week.
// A "Move…" form that needs none of this is always offered beside it.

const ROW_MINUTES = 5;
const LONG_PRESS = 350;
const SLACK = 6;
const pad = (number) => String(number).padStart(2, "0");

function rowOf(item) {
  return Number([...item.classList].find((name) => /^s\d+$/.test(name))?.slice(1) ?? 0);
}

function spanOf(item) {
  return Number([...item.classList].find((name) => /^n\d+$/.test(name))?.slice(1) ?? 1);
}

function place(item, row) {
  item.classList.remove(`s${rowOf(item)}`);
  item.classList.add(`s${row}`);
}

function timeAt(column, row) {
  const minutes = Number(column.dataset.first) + row * ROW_MINUTES;
  return `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

function columnsOf(grid) {
  return [...grid.querySelectorAll(".week-column")].filter((column) => column.offsetParent);
}

function buttonsOf(column) {
  return [...column.querySelectorAll(":scope > li > button")].sort(
    (one, other) => rowOf(one.parentElement) - rowOf(other.parentElement),
  );
}

function lastRow(column) {
  return Number(column.dataset.rows);
}

function tell(grid, text) {
  grid.querySelector("[data-grid-says]").textContent = text;
}

// --- One tab stop -----------------------------------------------------------------------------

function makeStop(grid, button) {
  for (const other of grid.querySelectorAll('.week-column button[tabindex="0"]')) other.tabIndex = -1;
  if (button) button.tabIndex = 0;
}

function firstStop(grid) {
  const buttons = columnsOf(grid).flatMap(buttonsOf);
  return (
    buttons.find((button) => button.getAttribute("aria-pressed") === "true") ??
    buttons.find((button) => button.dataset.slot) ??
    buttons[0]
  );
}

function go(grid, button) {
  if (!button) return;
  makeStop(grid, button);
  button.focus();
  button.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function sideways(grid, button, step) {
  const columns = columnsOf(grid);
  const row = rowOf(button.parentElement);
  for (let at = columns.indexOf(button.closest(".week-column")) + step; columns[at]; at += step) {
    const nearest = buttonsOf(columns[at]).sort(
      (one, other) =>
        Math.abs(rowOf(one.parentElement) - row) - Math.abs(rowOf(other.parentElement) - row),
    )[0];
    if (nearest) return nearest;
  }
  return null;
}

function neighbour(grid, button, key) {
  const buttons = buttonsOf(button.closest(".week-column"));
  const at = buttons.indexOf(button);
  const found = {
    ArrowDown: () => buttons[at + 1],
    ArrowUp: () => buttons[at - 1],
    Home: () => buttons[0],
    End: () => buttons.at(-1),
    ArrowRight: () => sideways(grid, button, 1),
    ArrowLeft: () => sideways(grid, button, -1),
  }[key];
  return found?.();
}

// --- Carrying ---------------------------------------------------------------------------------

let carried = null;
// A fresher week came while a visit was carried: it is asked for again once that is put down.
let missed = false;

function begin(grid, button) {
  const item = button.parentElement;
  const ghost = document.createElement("li");
  ghost.className = `ghost s${rowOf(item)} n${spanOf(item)}`;
  ghost.setAttribute("aria-hidden", "true");
  ghost.append(document.createElement("span"));
  carried = { grid, button, item, ghost, column: item.parentElement, row: rowOf(item) };
  carried.start = { column: carried.column, row: carried.row };
  item.classList.add("carried");
  document.body.classList.add("carrying");
  show();
}

function show() {
  const { ghost, column, row, button } = carried;
  if (ghost.parentElement !== column) {
    carried.grid.querySelector(".target")?.classList.remove("target");
    column.classList.add("target");
    column.append(ghost);
  }
  place(ghost, row);
  const name = button.textContent.replace(button.querySelector("time")?.textContent ?? "", "");
  ghost.firstChild.textContent = `${timeAt(column, row)} ${name.trim()}`;
}

function end() {
  carried.ghost.remove();
  carried.grid.querySelector(".target")?.classList.remove("target");
  carried.item.classList.remove("carried");
  document.body.classList.remove("carrying");
  const done = carried;
  carried = null;
  catchUp(done.grid);
  return done;
}

function catchUp(grid) {
  if (missed) setTimeout(() => window.htmx.trigger(grid, "grid:refresh"));
  missed = false;
}

function drop() {
  const { grid, button, column, row, start } = end();
  if (column === start.column && row === start.row) return tell(grid, grid.dataset.textKept);
  button.dispatchEvent(
    new CustomEvent("grid:move", {
      bubbles: true,
      detail: {
        appointment: button.dataset.appointment,
        url: button.dataset.move,
        calendar: column.dataset.calendar,
        day: column.dataset.day,
        time: timeAt(column, row),
      },
    }),
  );
}

function giveUp() {
  const { grid, button } = end();
  tell(grid, grid.dataset.textKept);
  button.focus();
}

function carryTo(column, row) {
  carried.column = column;
  carried.row = Math.max(0, Math.min(row, lastRow(column) - spanOf(carried.item)));
  show();
}

function carryByKey(event) {
  const columns = columnsOf(carried.grid);
  const step = event.shiftKey ? 1 : Math.max(1, Number(carried.grid.dataset.step) / ROW_MINUTES);
  const at = columns.indexOf(carried.column);
  const moves = {
    ArrowUp: () => carryTo(carried.column, carried.row - step),
    ArrowDown: () => carryTo(carried.column, carried.row + step),
    ArrowLeft: () => carryTo(columns[Math.max(0, at - 1)], carried.row),
    ArrowRight: () => carryTo(columns[Math.min(columns.length - 1, at + 1)], carried.row),
    Enter: drop,
    Escape: giveUp,
  };
  if (!moves[event.key]) return;
  event.preventDefault();
  event.stopPropagation();
  const { grid } = carried;
  moves[event.key]();
  if (carried) announce(grid);
}

function announce(grid) {
  const { column, row } = carried;
  tell(grid, `${column.getAttribute("aria-label")}, ${timeAt(column, row)}`);
}

// --- Keys -------------------------------------------------------------------------------------

function onKey(event) {
  const grid = event.target.closest?.("[data-grid]");
  const button = event.target.closest?.(".week-column button");
  if (carried) return carryByKey(event);
  if (!grid || !button || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key.toLowerCase() === "m" && button.dataset.move) {
    event.preventDefault();
    event.stopPropagation();
    begin(grid, button);
    tell(grid, grid.dataset.textMoving);
  } else if (event.key === "PageUp" || event.key === "PageDown") {
    event.preventDefault();
    turn(grid, event.key === "PageUp" ? -1 : 1);
  } else {
    const next = neighbour(grid, button, event.key);
    if (next !== undefined) event.preventDefault();
    go(grid, next);
  }
}

// --- Weeks ------------------------------------------------------------------------------------

// A week that is still on its way is not waited for: a second press goes one further.
let turning = 0;

function turn(grid, step) {
  const isUnderWay = turning !== 0;
  turning += step;
  if (!isUnderWay) goOn(grid);
}

function goOn(grid) {
  if (turning === 0) return;
  grid.querySelector(`[data-week="${turning < 0 ? "previous" : "next"}"]`)?.click();
}

function turned(grid) {
  turning -= Math.sign(turning);
  goOn(grid);
}

document.addEventListener("grid:turn", (event) => turn(event.target, event.detail.step));
for (const failed of ["htmx:sendError", "htmx:responseError", "htmx:sendAbort"])
  document.addEventListener(failed, () => (turning = 0));

// --- Pointer ----------------------------------------------------------------------------------

let press = null;
let swallow = false; // the click that ends a drag opens nothing

function onDown(event) {
  const button = event.target.closest?.("[data-grid] .tile button[data-move]");
  if (!button || event.button !== 0) return;
  const grid = button.closest("[data-grid]");
  press = { grid, button, x: event.clientX, y: event.clientY, pointer: event.pointerId };
  const top = button.parentElement.getBoundingClientRect().top;
  press.hold = event.clientY - top;
  if (event.pointerType !== "mouse") press.timer = setTimeout(() => lift(), LONG_PRESS);
}

function lift() {
  clearTimeout(press.timer);
  begin(press.grid, press.button);
  carried.byPointer = true;
  navigator.vibrate?.(15);
}

function onMove(event) {
  if (!press || event.pointerId !== press.pointer) return;
  const far = Math.hypot(event.clientX - press.x, event.clientY - press.y) > SLACK;
  if (!carried && far) {
    if (event.pointerType !== "mouse") return forget(); // a swipe scrolls
    lift();
  }
  if (carried) follow(event);
}

function follow(event) {
  const column = columnsOf(carried.grid).find((candidate) => {
    const box = candidate.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX < box.right;
  });
  if (!column) return;
  const height = carried.item.getBoundingClientRect().height / spanOf(carried.item);
  const top = event.clientY - press.hold - column.getBoundingClientRect().top;
  carryTo(column, Math.round(top / height));
}

function onUp(event) {
  if (!press || event.pointerId !== press.pointer) return;
  forget();
  if (!carried?.byPointer) return;
  swallow = true;
  setTimeout(() => (swallow = false));
  drop();
}

function forget() {
  clearTimeout(press?.timer);
  if (press && !carried) catchUp(press.grid);
  press = null;
}

function onCancel() {
  forget();
  if (carried?.byPointer) giveUp();
}

function onClick(event) {
  const button = event.target.closest?.("[data-grid] .week-column button");
  if (!button) return;
  if (swallow) return event.preventDefault();
  makeStop(button.closest("[data-grid]"), button);
  const name = button.dataset.slot ? "grid:pick" : "grid:open";
  const detail = button.dataset.slot
    ? { slot: button.dataset.slot }
    : { appointment: button.dataset.appointment, url: button.dataset.open };
  button.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
}

// --- Days on a phone, and grids that arrive -----------------------------------------------------

function showDay(grid, day) {
  for (const part of grid.querySelectorAll(".week-day, .week-head"))
    part.classList.toggle("shown", part.dataset.day === day);
  for (const button of grid.querySelectorAll("[data-show-day]"))
    button.setAttribute("aria-pressed", String(button.dataset.showDay === day));
  makeStop(grid, firstStop(grid));
}

function prepare(grid) {
  if (grid.dataset.ready) return;
  grid.dataset.ready = "true";
  makeStop(grid, firstStop(grid));
}

// What is about to be replaced by a fresher week keeps its scroll, its day and its focus.
let kept = null;

function remember(grid) {
  const scroll = grid.querySelector(".week-scroll");
  const focused = grid.contains(document.activeElement) ? document.activeElement : null;
  kept = {
    from: grid.dataset.from,
    top: scroll.scrollTop,
    day: grid.querySelector('[data-show-day][aria-pressed="true"]')?.dataset.showDay,
    focus: focused && (focused.dataset.appointment ?? focused.dataset.slot),
    week: focused?.dataset.week,
    isInside: Boolean(focused?.closest(".week-column")),
  };
}

function restore(grid) {
  if (!kept) return;
  const { from, top, day, focus, week, isInside } = kept;
  kept = null;
  grid.querySelector(".week-scroll").scrollTop = top;
  if (from === grid.dataset.from && day) showDay(grid, day);
  const again =
    (week && grid.querySelector(`[data-week="${week}"]`)) ||
    (focus && grid.querySelector(`[data-appointment="${focus}"], [data-slot="${focus}"]`)) ||
    (isInside && firstStop(grid));
  if (again) again.closest(".week-column") ? go(grid, again) : again.focus();
  if (from !== grid.dataset.from) turned(grid);
}

document.addEventListener("keydown", onKey, true);
document.addEventListener("pointerdown", onDown);
document.addEventListener("pointermove", onMove);
document.addEventListener("pointerup", onUp);
document.addEventListener("pointercancel", onCancel);
// Once a tile is lifted by a finger, the page must not scroll under it.
document.addEventListener("touchmove", (event) => carried && event.preventDefault(), {
  passive: false,
});
document.addEventListener("contextmenu", (event) => carried && event.preventDefault());
document.addEventListener("click", onClick);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show-day]");
  if (button) showDay(button.closest("[data-grid]"), button.dataset.showDay);
});
function onFresherWeek({ detail }) {
  if (!detail.target?.matches?.("[data-grid]")) return;
  if ((carried ?? press)?.grid !== detail.target) return remember(detail.target);
  detail.shouldSwap = false;
  missed = true;
}

document.addEventListener("htmx:beforeSwap", onFresherWeek);
document.addEventListener("htmx:oobBeforeSwap", onFresherWeek);
document.addEventListener("htmx:load", (event) => {
  const inside = event.target.querySelectorAll?.("[data-grid]") ?? [];
  for (const grid of event.target.matches?.("[data-grid]") ? [event.target] : inside) {
    prepare(grid);
    restore(grid);
  }
});
for (const grid of document.querySelectorAll("[data-grid]")) prepare(grid);
