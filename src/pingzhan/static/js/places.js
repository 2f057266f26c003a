// The list of places: "as far as I know" asks for no further level and takes away those below.

export function start() {
  document.addEventListener("change", (event) => {
    const select = event.target.closest?.(".place-level select");
    if (select && select.selectedIndex === 0) select.closest(".place-level").querySelector(".place-below").replaceChildren();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const select = event.detail.elt.closest?.(".place-level select");
    if (select && event.detail.elt === select && select.selectedIndex === 0) event.preventDefault();
  });
}
