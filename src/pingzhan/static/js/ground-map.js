// The ground on a map: outlines with names and households, buildings as dots, and a pen for a line or an area.
// What is drawn goes into the form as [[longitude, latitude], …] (WGS-84). The lists beside it say and do the same.

import { L, mapIn, show } from "./maps.js";
import { fill } from "./words.js";

const SETTLED = 6;
const FILLS = ["#2f7f8c", "#8a6d1f", "#5a4fa0", "#2c7a4b", "#a0522d", "#1a5699", "#7a3b69", "#4d6b1f"];

export async function attach(root) {
  const parts = {
    map: root.querySelector("[data-ground-map]"),
    status: root.querySelector("[data-ground-status]"),
    pens: root.querySelector("[data-ground-pens]"),
  };
  const map = await mapIn(parts.map, { zoomSnap: 0.25, minZoom: 8, maxZoom: 20, doubleClickZoom: false });
  map.setView([31.25, 121.4], 12);
  new ResizeObserver(() => map.invalidateSize()).observe(parts.map);
  const form = root.closest("form");
  const boxes = new Map();
  for (const box of form?.querySelectorAll("[data-building]") ?? []) boxes.set(box.value, box);
  const dots = new Map();

  const bounds = await ground();
  if (bounds?.isValid()) show(map, bounds, { padding: [12, 12] });
  if (parts.pens) pen();

  async function ground() {
    try {
      const answer = await fetch(root.dataset.source, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      let nth = 0;
      const layer = L.geoJSON(found, {
        style: (feature) => style(feature.properties.kind, nth++),
        pointToLayer: (feature, at) => dot(feature.properties, at),
        onEachFeature: (feature, shape) => label(feature.properties, shape),
        interactive: true,
      }).addTo(map);
      for (const shape of layer.getLayers()) if (shape.feature.properties.kind === "building") shape.bringToFront();
      tell(root.dataset.wordsReady ?? "");
      return layer.getBounds();
    } catch {
      tell(root.dataset.wordsFailed);
      return null;
    }
  }

  function style(kind, nth) {
    if (kind === "self") return { color: "#12272b", weight: 2.5, fill: false, interactive: false };
    if (kind === "past") return { color: "#b3261e", weight: 2, dashArray: "6 5", fill: false, interactive: false };
    return { color: "#12272b", weight: 1.25, fillColor: FILLS[nth % FILLS.length], fillOpacity: 0.16 };
  }

  function dot(properties, at) {
    const mark = L.circleMarker(at, { radius: 6, weight: 1.5, color: "#ffffff", fillColor: "#43595e", fillOpacity: 1 });
    dots.set(properties.code, mark);
    mark.on("click", (event) => {
      const box = boxes.get(properties.code);
      if (!box || drawing()) return;
      L.DomEvent.stop(event);
      box.checked = !box.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return mark;
  }

  function label(properties, shape) {
    const homes = properties.households ? ` · ${fill(root.dataset.wordsHomes, { n: properties.households })}` : "";
    if (properties.kind === "building") return void shape.bindTooltip(`${properties.name}${homes}`);
    if (properties.kind !== "child") return;
    shape.bindTooltip(`${properties.name}${homes}`, { permanent: true, direction: "center", className: "pin-name", interactive: false });
  }

  function paint() {
    for (const [code, mark] of dots) {
      const on = boxes.get(code)?.checked;
      mark.setStyle({ fillColor: on ? "#b77400" : "#43595e" });
      mark.setRadius(on ? 8 : 6);
    }
  }
  form?.addEventListener("change", paint);
  paint();

  let tool = "";
  let corners = [];
  let drawn = null;

  function drawing() {
    return tool !== "";
  }

  function pen() {
    parts.pens.hidden = false;
    parts.pens.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.pen === "clear") return clear();
      if (button.dataset.pen === "done") return finish();
      clear();
      tool = button.dataset.pen;
      mark();
      tell(tool === "line" ? root.dataset.wordsLine : root.dataset.wordsArea);
    });
    map.on("click", (event) => {
      if (!drawing()) return;
      corners.push(event.latlng);
      draw();
    });
    map.on("dblclick", finish);
    document.addEventListener("keydown", (event) => {
      if (!drawing() || !root.isConnected) return;
      if (event.key === "Escape") clear();
      if (event.key === "Enter" && parts.map.contains(document.activeElement)) {
        event.preventDefault();
        finish();
      }
    });
  }

  function mark() {
    for (const button of parts.pens.querySelectorAll("[data-pen]")) button.setAttribute("aria-pressed", String(button.dataset.pen === tool));
    parts.map.classList.toggle("is-drawing", drawing());
  }

  function draw() {
    drawn?.remove();
    const look = { color: "#b3261e", weight: 3, dashArray: drawing() ? "4 6" : null, interactive: false };
    drawn = (shape() === "area" ? L.polygon(corners, { ...look, fillOpacity: 0.12 }) : L.polyline(corners, look)).addTo(map);
  }

  let finished = "";
  function shape() {
    return tool || finished;
  }

  function finish() {
    if (!drawing()) return;
    // A double click is also two single ones at the same place.
    corners = corners.filter((corner, n) => n === 0 || !corner.equals(corners[n - 1], 1e-7));
    const enough = tool === "line" ? 2 : 3;
    if (corners.length < enough) return void tell(root.dataset.wordsMore);
    finished = tool;
    tool = "";
    draw();
    mark();
    const text = JSON.stringify(corners.map((corner) => [Number(corner.lng.toFixed(SETTLED)), Number(corner.lat.toFixed(SETTLED))]));
    put("line", finished === "line" ? text : "");
    put("shape", finished === "area" ? text : "");
    tell(finished === "line" ? root.dataset.wordsLineDone : root.dataset.wordsAreaDone);
  }

  function clear() {
    tool = finished = "";
    corners = [];
    drawn?.remove();
    put("line", "");
    put("shape", "");
    mark();
    tell(root.dataset.wordsReady ?? "");
  }

  function put(name, text) {
    const field = form?.querySelector(`[name="${name}"]`);
    if (field) field.value = text;
  }

  function tell(text) {
    if (parts.status) parts.status.textContent = text;
  }
}
