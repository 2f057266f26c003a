// Filters stay in the address, and the address stays short: fields left empty are not sent.

export function start() {
  document.addEventListener("htmx:configRequest", (event) => {
    const form = event.detail.elt.closest?.("form[data-filters]");
    if (!form || event.detail.verb !== "get") return;
    for (const [name, value] of [...new FormData(form)]) if (value === "") delete event.detail.parameters[name];
    delete event.detail.parameters.after;
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-filters]")) return;
    for (const field of event.target.elements) if (field.name && field.value === "") field.disabled = true;
  });
}
