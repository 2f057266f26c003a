// What all maps here share: Leaflet, its style sheet, and zoom buttons that are named in the language of the page.

import "../vendor/leaflet/leaflet.js";

export const L = window.L.noConflict();

/** A map in `element`; it, or what it lies in, has the words of the buttons (`{% zoom_words %}`). */
export async function mapIn(element, options) {
  await styles();
  element.hidden = false;
  element.textContent = ""; // what was said meanwhile
  const words = element.closest("[data-zoom-in]").dataset;
  const map = L.map(element, { attributionControl: false, ...options, zoomControl: false });
  L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  return map;
}

/** Leaflet's own style sheet, from beside its script; a map is drawn only once it is there. */
function styles() {
  const href = new URL("../vendor/leaflet/leaflet.css", import.meta.url).href;
  if ([...document.styleSheets].some((sheet) => sheet.href === href)) return Promise.resolve();
  return new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    link.onload = link.onerror = () => resolve();
    document.head.prepend(link);
  });
}
