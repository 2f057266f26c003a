// Many at once, by mouse or keys: j k move, x ticks, a ticks all, Enter opens, / searches, ? tells. Survives what htmx swaps.

import { fill, word } from "./words.js";

/** `root`: a form[data-bulk] around rows [data-bulk-row], each with a checkbox and a link. */
export function attach(root) {
  const bar = root.querySelector("[data-bulk-bar]");
  const chosen = new Set();
  let here = "";

  const rows = () => [...root.querySelectorAll("[data-bulk-row]")];
  const box = (row) => row.querySelector("[data-bulk-box]");
  const name = (row) => box(row).value;

  root.addEventListener("change", (event) => {
    if (event.target.matches("[data-bulk-all]")) setAll(event.target.checked);
    if (event.target.matches("[data-bulk-box]")) mark(event.target.closest("[data-bulk-row]"));
    update();
  });
  root.addEventListener("click", (event) => {
    if (event.target.closest("[data-bulk-none]")) {
      setAll(false);
      update();
    }
  });
  document.addEventListener("keydown", onKey);
  document.addEventListener("htmx:afterSwap", () => {
    for (const row of rows()) box(row).checked = chosen.has(name(row));
    const there = new Set(rows().map(name));
    for (const one of [...chosen]) if (!there.has(one)) chosen.delete(one); // what is out of sight is not acted on
    update();
  });
  for (const row of rows()) mark(row);
  update();

  function mark(row) {
    const ticked = box(row).checked;
    row.classList.toggle("is-chosen", ticked);
    if (ticked) chosen.add(name(row));
    else chosen.delete(name(row));
  }

  function setAll(on) {
    for (const row of rows()) {
      box(row).checked = on;
      mark(row);
    }
  }

  function update() {
    const all = rows();
    for (const row of all) {
      row.classList.toggle("is-chosen", chosen.has(name(row)));
      row.classList.toggle("is-here", name(row) === here);
    }
    const every = root.querySelector("[data-bulk-all]");
    if (every) {
      every.checked = all.length > 0 && chosen.size === all.length;
      every.indeterminate = chosen.size > 0 && chosen.size < all.length;
    }
    if (!bar) return;
    bar.hidden = chosen.size === 0;
    const count = bar.querySelector("[data-bulk-count]");
    count.textContent = fill(count.dataset.words || word("selected"), { n: chosen.size });
  }

  function move(by) {
    const all = rows();
    if (!all.length) return;
    const now = all.findIndex((row) => name(row) === here);
    const row = all[now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + by))];
    here = name(row);
    update();
    row.scrollIntoView({ block: "nearest" });
    box(row).focus({ preventScroll: true });
  }

  function current() {
    return rows().find((row) => name(row) === here);
  }

  function onKey(event) {
    if (!root.isConnected) return document.removeEventListener("keydown", onKey);
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return undefined;
    const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
    if (typing) {
      if (event.key === "Escape") event.target.blur();
      return undefined;
    }
    const act = {
      j: () => move(1),
      k: () => move(-1),
      x: () => toggle(),
      a: () => {
        setAll(chosen.size < rows().length);
        update();
      },
      Enter: () => open(event),
      "/": () => document.querySelector("[data-key-search]")?.focus(),
      "?": () => document.getElementById("keys")?.showModal(),
    }[event.key];
    if (!act) return undefined;
    if (event.key !== "Enter") event.preventDefault();
    return act();
  }

  function toggle() {
    const row = current();
    if (!row) return;
    box(row).checked = !box(row).checked;
    mark(row);
    update();
  }

  function open(event) {
    const row = current();
    if (!row || event.target.closest("a, button, summary")) return;
    event.preventDefault();
    row.querySelector("a")?.click();
  }
}
