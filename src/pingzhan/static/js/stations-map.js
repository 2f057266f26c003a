// A map of outlines with marks: stations, or what a preview changes; the list beside it says the same. Coordinates are
// WGS-84. A point has lon, lat, name and url; one that is wanting something is `bad` and has a broken rim as well.
// `data-whole`: all that is outlined is shown, not only where the marks are.

import { L, mapIn, name, show, thin } from "./maps.js";

async function attach(root) {
  const points = JSON.parse(document.getElementById(root.dataset.points ?? "station-points").textContent);
  const map = await mapIn(root, { zoomSnap: 0.5, minZoom: 8, maxZoom: 19 });
  map.setView([31.25, 121.4], 12);
  const marks = points.map((point) => {
    const mark = L.circleMarker([point.lat, point.lon], {
      radius: 8,
      weight: 2,
      color: point.bad ? "#8c1d18" : "#fff",
      dashArray: point.bad ? "4 3" : null,
      fillColor: point.bad ? "#e8a19b" : "#0b6b78",
      fillOpacity: 0.95,
    });
    mark.bindTooltip(point.name, { direction: "top" });
    mark.on("click", () => location.assign(point.url));
    return mark;
  });
  const layer = L.featureGroup(marks).addTo(map);
  if (marks.length) show(map, layer.getBounds(), { padding: [24, 24], maxZoom: 15 });
  try {
    const answer = await fetch(root.dataset.outlines, { headers: { Accept: "application/json" } });
    const outlines = L.geoJSON(await answer.json(), { interactive: false, style: { color: "#3d8792", weight: 1, fillColor: "#fff", fillOpacity: 0.7 }, onEachFeature: name });
    outlines.addTo(map).bringToBack();
    map.on("zoomend moveend", () => thin(map, outlines));
    const bounds = outlines.getBounds();
    if (!marks.length) show(map, bounds);
    else if ("whole" in root.dataset) show(map, bounds.extend(layer.getBounds()), { padding: [8, 8] });
    thin(map, outlines);
  } catch {
    // the marks stand all the same
  }
  new ResizeObserver(() => map.invalidateSize()).observe(root);
}

for (const root of document.querySelectorAll("[data-stations-map]")) attach(root);
