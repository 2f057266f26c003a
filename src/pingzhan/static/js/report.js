// The report page: calls for help come before anything else, kinds follow their group, photos outlive a form sent back.

const FORM = "form[data-danger-words]";
let photos = null; // what was chosen when the form was last sent: a page cannot be sent back with files

document.addEventListener("input", (event) => {
  if (event.target.id === "f-text") showDanger(event.target.closest(FORM));
});
document.addEventListener("change", (event) => {
  const form = event.target.closest?.(FORM);
  if (!form) return;
  if (event.target.name === "group") showKinds(form, event.target.value);
  if (event.target.name === "place" && event.target.value) told(form, "list");
});
document.addEventListener("click", (event) => {
  const form = event.target.closest?.(FORM);
  if (form && event.target.closest("[data-pin-map], [data-pin-mine], [data-pin-centre]")) told(form, "point");
});
document.addEventListener("htmx:afterSwap", (event) => {
  const form = event.target.closest?.(FORM);
  if (form && event.target.matches("[data-guess]")) showDanger(form);
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest?.(FORM);
  const field = form?.querySelector("[data-photos] input[type=file]");
  photos = field ? { action: form.action, files: [...field.files] } : null;
}, true);
document.addEventListener("page:shown", () => {
  const form = document.querySelector(FORM);
  if (form && photos?.files.length && form.action === photos.action) putBack(form.querySelector("[data-photos]"));
});

/** The words that are typed, and the category that the server found for them, decide. */
function showDanger(form) {
  const slot = form?.querySelector("[data-danger-slot]");
  if (!slot) return;
  const text = form.querySelector("#f-text").value.toLowerCase();
  const worded = form.dataset.dangerWords.split("|").some((word) => word && text.includes(word));
  slot.hidden = !worded && !form.querySelector("[data-guess] [data-danger]");
}

/** Only the kinds of the chosen group are there; one chosen in another group counts no more. */
function showKinds(form, group) {
  for (const kinds of form.querySelectorAll("[data-kinds]")) {
    kinds.hidden = kinds.dataset.kinds !== group;
    if (kinds.hidden) for (const kind of kinds.querySelectorAll("input:checked")) kind.checked = false;
    else kinds.scrollIntoView({ block: "center" });
  }
}

/** Which of two ways of telling the place was used last. */
function told(form, way) {
  const field = form.querySelector("[data-where]");
  if (field) field.value = way;
}

/** The photos chosen before, into the field of the form that came back. */
function putBack(root) {
  const field = root?.querySelector("input[type=file]");
  if (!field) return;
  try {
    const held = new DataTransfer();
    photos.files.forEach((file) => held.items.add(file));
    field.files = held.files;
  } catch {
    return; // very old browsers: the page says that photos are to be chosen again
  }
  field.dispatchEvent(new Event("change", { bubbles: true }));
  document.querySelectorAll("[data-lost-photos]").forEach((note) => note.remove());
}
