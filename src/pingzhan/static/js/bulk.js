// Many at once, by mouse or keys: j k move, x ticks, a ticks all, g groups, digits act, z undoes, w writes the common
// answer, Enter opens, / searches, ? tells. Survives what htmx swaps. Groups are folded: their head ticks all of them.

import { fill, word } from "./words.js";

/** `root`: a form[data-bulk] around rows [data-bulk-row], each with a checkbox and a link. */
export function attach(root) {
  const bar = root.querySelector("[data-bulk-bar]");
  const chosen = new Set();
  let here = "";

  const rows = () => [...root.querySelectorAll("[data-bulk-row]")];
  const single = () => rows().filter((row) => !isHead(row));
  const seen = () => rows().filter((row) => row.offsetParent !== null);
  const isHead = (row) => box(row).matches("[data-bulk-members]");
  const members = (head) => [...head.parentElement.querySelectorAll("[data-bulk-row]")].filter((row) => row !== head);
  const box = (row) => row.querySelector("[data-bulk-box]");
  const name = (row) => box(row).value;

  root.addEventListener("change", (event) => {
    if (event.target.matches("[data-bulk-all]")) setAll(event.target.checked);
    if (event.target.matches("[data-bulk-box]")) tick(event.target.closest("[data-bulk-row]"), event.target.checked);
    update();
  });
  root.addEventListener("click", (event) => {
    if (event.target.closest("[data-bulk-none]")) {
      setAll(false);
      update();
    }
    const opener = event.target.closest("[data-bulk-open]");
    if (opener) fold(opener);
    if (event.target.closest("[data-bulk-words]") && !reply().value.trim()) {
      event.preventDefault(); // a refusal needs its reason first
      event.stopPropagation();
      write();
    }
  }, true);
  document.addEventListener("keydown", onKey);
  document.addEventListener("htmx:afterSwap", () => {
    for (const row of single()) box(row).checked = chosen.has(name(row));
    const there = new Set(single().map(name));
    for (const one of [...chosen]) if (!there.has(one)) chosen.delete(one); // what is out of sight is not acted on
    if (!chosen.size && reply()) reply().value = ""; // said with what was just done
    update();
  });
  for (const row of rows()) if (isHead(row) && box(row).checked) tick(row, true); // ticked before this part had come
  for (const row of single()) mark(row);
  update();

  function reply() {
    return root.querySelector("[data-bulk-reply] textarea");
  }

  function write() {
    if (!reply()) return;
    root.querySelector("[data-bulk-reply]").open = true;
    reply().focus();
  }

  function fold(opener) {
    const open = opener.closest("[data-bulk-group]").classList.toggle("is-open");
    opener.setAttribute("aria-expanded", String(open));
  }

  function tick(row, on) {
    for (const one of isHead(row) ? members(row) : [row]) {
      box(one).checked = on;
      mark(one);
    }
  }

  function mark(row) {
    const ticked = box(row).checked;
    row.classList.toggle("is-chosen", ticked);
    if (ticked) chosen.add(name(row));
    else chosen.delete(name(row));
  }

  function setAll(on) {
    for (const row of single()) tick(row, on);
  }

  function update() {
    const all = single();
    for (const row of rows()) {
      const ticked = isHead(row) ? members(row).filter((one) => chosen.has(name(one))).length : 0;
      if (isHead(row)) {
        box(row).checked = ticked === members(row).length;
        box(row).indeterminate = ticked > 0 && ticked < members(row).length;
      }
      row.classList.toggle("is-chosen", ticked > 0 || chosen.has(name(row)));
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
    const all = seen();
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
        setAll(chosen.size < single().length);
        update();
      },
      Enter: () => open(event),
      g: () => root.querySelector("[data-key-group]")?.click(),
      w: () => bar && !bar.hidden && write(),
      "/": () => document.querySelector("[data-key-search]")?.focus(),
      "?": () => document.getElementById("keys")?.showModal(),
    }[event.key] ?? press(event.key);
    if (!act) return undefined;
    if (event.key !== "Enter") event.preventDefault();
    return act();
  }

  function toggle() {
    const row = current();
    if (!row) return;
    tick(row, !box(row).checked);
    update();
  }

  /** The button of a key, when it may be pressed: those of the bar only while something is ticked. */
  function press(key) {
    const button = /^[0-9z]$/.test(key) && root.querySelector(`[data-bulk-key="${key}"]`);
    return button && button.offsetParent !== null && !button.disabled ? () => button.click() : undefined;
  }

  function open(event) {
    const row = current();
    if (!row || event.target.closest("a, button, summary")) return;
    event.preventDefault();
    row.querySelector("a, [data-bulk-open]")?.click();
  }
}
