// The map of coverage: the areas of the table beside it, coloured by the share that it says; a press opens the area.

import { L, mapIn, show } from "./maps.js";

const root = document.querySelector("[data-cover-map]");
if (root) draw(root);

async function draw(element) {
  const rows = new Map([...document.querySelectorAll("tr[data-code]")].map((row) => [row.dataset.code, row]));
  let areas;
  try {
    const answer = await fetch(element.dataset.outlines, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    areas = await answer.json();
  } catch {
    element.closest(".cover-map-card").hidden = true; // the table says the same
    return;
  }
  const shown = { ...areas, features: areas.features.filter((one) => rows.has(one.properties?.code)) };
  if (!shown.features.length) {
    element.closest(".cover-map-card").hidden = true;
    return;
  }
  const map = await mapIn(element, { zoomSnap: 0.25, scrollWheelZoom: false });
  const layer = L.geoJSON(shown, {
    style: (one) => ({ className: `cover-area ${shade(Number(rows.get(one.properties.code).dataset.percent))}`, fillOpacity: 0.85 }),
    onEachFeature(one, shape) {
      const row = rows.get(one.properties.code);
      shape.bindTooltip(`${one.properties.name} ${row.dataset.percent}%`, { sticky: true });
      shape.on("click", () => row.querySelector("a")?.click());
    },
  }).addTo(map);
  show(map, layer.getBounds(), { padding: [8, 8] });
}

function shade(percent) {
  if (percent >= 100) return "cover-a";
  if (percent >= 90) return "cover-b";
  return percent >= 70 ? "cover-c" : "cover-d";
}
