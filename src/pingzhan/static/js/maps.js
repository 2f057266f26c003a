// What all maps here share: Leaflet, its style sheet, and zoom buttons that are named in the language of the page.

import "../vendor/leaflet/leaflet.js";

export const L = window.L.noConflict();

/** A map in `element`; it, or what it lies in, has the words of the buttons (`{% zoom_words %}`). */
export async function mapIn(element, options) {
  await styles();
  element.hidden = false;
  element.textContent = ""; // what was said meanwhile
  const words = element.closest("[data-zoom-in]").dataset;
  // Without its animation: Leaflet drops a press that comes while the map is still growing or shrinking.
  const map = L.map(element, { attributionControl: false, ...options, zoomControl: false, zoomAnimation: false });
  L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  return map;
}

/** Show an area at once: a map that still moved would lose a press on what is seen. */
export function show(map, bounds, options) {
  map.fitBounds(bounds, { animate: false, ...options });
}

/** The name of an area in its middle; for `onEachFeature`. */
export function name(feature, shape) {
  const text = feature.properties?.name;
  if (text) shape.bindTooltip(text, { permanent: true, direction: "center", className: "pin-name", interactive: false });
}

/** Names that would lie on one another are left out until there is room: the larger area keeps its name. */
export function thin(map, layer) {
  const taken = [];
  const shapes = layer.getLayers().filter((shape) => shape.getTooltip());
  const area = (shape) => {
    const box = shape.getBounds();
    return (box.getEast() - box.getWest()) * (box.getNorth() - box.getSouth());
  };
  for (const shape of shapes.sort((one, other) => area(other) - area(one))) {
    const label = shape.getTooltip().getElement();
    if (!label) continue;
    const centre = map.latLngToContainerPoint(shape.getTooltip().getLatLng());
    const box = [centre.x - label.offsetWidth / 2, centre.y - 10, centre.x + label.offsetWidth / 2, centre.y + 10];
    const free = taken.every((other) => box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3]);
    label.style.visibility = free ? "" : "hidden";
    if (free) taken.push(box);
  }
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
