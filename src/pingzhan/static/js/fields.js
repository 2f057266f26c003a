// Fields: how much may still be written, and stars up to the one chosen.

import { fill } from "./words.js";

export function attach(root, within) {
  for (const count of within(root, "[data-count]:not([data-attached])")) countDown(count);
  for (const row of within(root, ".stars-row:not([data-attached])")) lightUp(row);
}

function countDown(shown) {
  const area = document.getElementById(shown.dataset.count);
  if (!area) return;
  shown.dataset.attached = "1";
  const update = () => {
    const left = area.maxLength - area.value.length;
    shown.hidden = left > Math.max(20, area.maxLength / 4);
    shown.textContent = fill(shown.dataset.words, { n: left });
  };
  area.addEventListener("input", update);
  update();
}

/** For browsers without :has(); the class does what the selector in parts.css does. */
function lightUp(row) {
  row.dataset.attached = "1";
  const stars = [...row.querySelectorAll(".star")];
  const update = () => {
    const last = stars.findIndex((star) => star.querySelector("input").checked);
    stars.forEach((star, index) => star.classList.toggle("is-on", index <= last));
  };
  row.addEventListener("change", update);
  update();
}
