// Clocks go on while a page stays open: "3 hours left" is counted again every half minute.

import { word } from "./words.js";

const SOON = 4 * 60; // minutes; as in templatetags/ui.py

export function start() {
  setInterval(() => {
    if (!document.hidden) document.querySelectorAll("[data-clock]").forEach(tick);
  }, 30000);
}

function tick(chip) {
  const due = Date.parse(chip.dataset.clock);
  const minutes = Math.trunc((due - Date.now()) / 60000);
  const late = due < Date.now();
  chip.querySelector("time").textContent = word(late ? "over" : "left", { t: span(Math.max(1, Math.abs(minutes))) });
  chip.classList.toggle("chip-bad", late);
  chip.classList.toggle("chip-warn", !late && minutes < SOON);
  chip.classList.toggle("chip-quiet", !late && minutes >= SOON);
}

/** Minutes in the two largest units. */
function span(minutes) {
  const parts = [
    [Math.floor(minutes / 1440), "days"],
    [Math.floor(minutes / 60) % 24, "hours"],
    [minutes % 60, "minutes"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => word(unit, { n: count }))
    .join(" ");
}
