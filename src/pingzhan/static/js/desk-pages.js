// On a matter's sheet: printing, kept answers, and n for the next one of the queue.

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-print]")) return;
  event.preventDefault();
  window.print();
});

// A kept answer goes into the field of its step: where there is something already, below it.
document.addEventListener("click", (event) => {
  const offer = event.target.closest?.("[data-offer]");
  const form = offer?.closest("form");
  const field = form?.querySelector("textarea[name=reply], textarea[name=text], textarea[name=reason]");
  if (!field) return;
  field.value = field.dataset.offered || !field.value.trim() || field.value === field.defaultValue ? offer.dataset.offer : `${field.value.trim()}\n${offer.dataset.offer}`;
  field.dataset.offered = "1";
  field.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input, textarea, select")) return;
  if (event.key === "n") document.querySelector('a[rel="next"][data-key-next]')?.click();
  if (event.key === "u") document.querySelector("[data-key-back]")?.click();
});
