// On a matter's sheet: printing, and n for the next one of the queue.

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-print]")) return;
  event.preventDefault();
  window.print();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input, textarea, select")) return;
  if (event.key === "n") document.querySelector('a[rel="next"][data-key-next]')?.click();
  if (event.key === "u") document.querySelector("[data-key-back]")?.click();
});
