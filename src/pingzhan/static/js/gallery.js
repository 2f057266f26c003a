// Pictures of a gallery, large, in a dialog: arrows or a swipe for the next, Escape to go back. Links without scripts.

import { word } from "./words.js";

let dialog = null;
let links = [];
let at = 0;

export function start() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-gallery] a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !window.HTMLDialogElement) return;
    event.preventDefault();
    links = [...link.closest("[data-gallery]").querySelectorAll("a")];
    open(links.indexOf(link));
  });
}

function open(index) {
  dialog?.remove();
  dialog = build();
  document.body.append(dialog);
  dialog.showModal();
  turn(index);
}

function build() {
  const made = document.createElement("dialog");
  made.className = "viewer";
  made.setAttribute("aria-label", word("photo"));
  const bar = row(button("×", word("close"), () => made.close()));
  const count = document.createElement("span");
  count.className = "num";
  count.dataset.count = "";
  bar.prepend(count);
  const figure = document.createElement("figure");
  figure.append(document.createElement("img"));
  const foot = row(button("‹", word("previous"), () => turn(at - 1)), button("›", word("next"), () => turn(at + 1)));
  foot.hidden = links.length < 2;
  made.append(bar, figure, foot);
  made.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") turn(at - 1);
    if (event.key === "ArrowRight") turn(at + 1);
  });
  let from = null;
  figure.addEventListener("pointerdown", (event) => (from = event.clientX));
  figure.addEventListener("pointerup", (event) => {
    const moved = from === null ? 0 : event.clientX - from;
    from = null;
    if (Math.abs(moved) > 50) turn(at + (moved < 0 ? 1 : -1));
  });
  made.addEventListener("close", () => made.remove());
  return made;
}

function turn(index) {
  at = (index + links.length) % links.length;
  const image = dialog.querySelector("img");
  image.src = links[at].href;
  image.alt = links[at].querySelector("img")?.alt ?? "";
  dialog.querySelector("[data-count]").textContent = `${at + 1} / ${links.length}`;
}

function row(...children) {
  const made = document.createElement("div");
  made.className = "viewer-bar";
  made.append(...children);
  return made;
}

function button(text, label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}
