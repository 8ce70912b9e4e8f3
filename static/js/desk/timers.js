// Stopwatches: <time data-since="…"> counts up by the server's clock; data-hot marks a long wait.
// <time data-until="…"> counts down; when it is over the page hears "timer:over", once.

const skew = Date.parse(document.body.dataset.now) - Date.now();

function written(seconds) {
  const pad = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = pad(seconds % 60);
  return hours ? `${hours}:${pad(minutes)}:${rest}` : `${minutes}:${rest}`;
}

function tick() {
  const now = Date.now() + skew;
  for (const watch of document.querySelectorAll("time[data-since]")) {
    const seconds = Math.max(0, Math.floor((now - Date.parse(watch.dataset.since)) / 1000));
    const text = written(seconds);
    if (watch.textContent !== text) watch.textContent = text;
    if (watch.dataset.hot)
      watch.closest(".call-card").classList.toggle("hot", seconds >= Number(watch.dataset.hot));
  }
  for (const watch of document.querySelectorAll("time[data-until]:not([data-over])"))
    countDown(watch, Date.parse(watch.dataset.until) - now);
}

function countDown(watch, left) {
  const text = written(Math.max(0, Math.ceil(left / 1000)));
  if (watch.textContent !== text) watch.textContent = text;
  if (left > 0) return;
  watch.dataset.over = "";
  document.body.dispatchEvent(new CustomEvent("timer:over"));
}

setInterval(tick, 500);
