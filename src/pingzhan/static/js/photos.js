// Photos chosen one after another, with previews; the file field keeps them, so the form is sent as without scripts.

import { fill } from "./words.js";

export function attach(root) {
  const input = root.querySelector("input[type=file]");
  const list = root.querySelector("[data-photos-list]");
  const add = root.querySelector("[data-photos-add]");
  const status = root.querySelector("[data-photos-status]");
  const most = Number(root.dataset.most);
  const mostBytes = Number(root.dataset.mostBytes);
  if (!canHold()) return; // very old browsers: the plain field stays
  let files = [];
  root.classList.add("is-enhanced");
  add.hidden = false;
  input.addEventListener("change", take);
  if (input.files.length) take(); // chosen before this part had come

  function take() {
    const fresh = [...input.files].filter((file) => !files.some((known) => sameFile(known, file)));
    const fitting = fresh.filter((file) => file.size <= mostBytes);
    const room = most - files.length;
    const trouble = [];
    if (fitting.length < fresh.length) trouble.push(root.dataset.tooLarge);
    if (fitting.length > room) trouble.push(fill(root.dataset.tooMany, { m: most }));
    files = files.concat(fitting.slice(0, room));
    show(trouble);
  }

  function show(trouble = []) {
    const held = new DataTransfer();
    files.forEach((file) => held.items.add(file));
    input.files = held.files;
    list.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
    list.replaceChildren(...files.map(preview));
    add.hidden = files.length >= most;
    status.textContent = [fill(files.length ? root.dataset.countWords : "", { n: files.length, m: most }), ...trouble]
      .filter(Boolean)
      .join(" · ");
  }

  function preview(file, index) {
    const item = document.createElement("li");
    const image = document.createElement("img");
    image.src = URL.createObjectURL(file);
    image.alt = fill(root.dataset.preview, { n: index + 1 });
    const remove = document.createElement("button");
    remove.type = "button";
    remove.setAttribute("aria-label", fill(root.dataset.remove, { n: index + 1 }));
    const cross = document.createElement("span");
    cross.textContent = "×";
    remove.append(cross);
    remove.addEventListener("click", () => {
      files = files.filter((other) => other !== file);
      show();
      (list.querySelectorAll("button")[Math.min(index, files.length - 1)] ?? input).focus();
    });
    item.append(image, remove);
    return item;
  }
}

function sameFile(one, other) {
  return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}

function canHold() {
  try {
    return Boolean(new DataTransfer().items);
  } catch {
    return false;
  }
}
