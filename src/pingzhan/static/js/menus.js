// Small menus are <details>: here they close on Escape and when something else is pressed. And codes that can be copied.

export function start() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
    const copy = event.target.closest?.("[data-copy]");
    if (copy) copyOut(copy);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  const reveal = () => {
    if (navigator.clipboard) document.querySelectorAll("[data-copy][hidden]").forEach((button) => (button.hidden = false));
  };
  reveal();
  document.addEventListener("page:shown", reveal);
  document.addEventListener("htmx:load", reveal);
}

async function copyOut(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    return; // the code stands there to be selected by hand
  }
  button.querySelector("[data-copy-words]").textContent = button.dataset.done;
}
