// A pin on a map of outlines, without any tiles. Press or drag; arrow keys move the pin; the list beside it says the same.
// Coordinates are WGS-84 throughout.

import { L, mapIn, name, show, thin } from "./maps.js";
import { fill } from "./words.js";

const STEP = 8; // pixels an arrow key moves the pin
const SETTLED = 6; // decimals kept, about 0.1 m

export async function attach(root) {
  const words = root.dataset;
  const parts = {
    map: root.querySelector("[data-pin-map]"),
    status: root.querySelector("[data-pin-status]"),
    lon: root.querySelector("[data-pin-lon]"),
    lat: root.querySelector("[data-pin-lat]"),
    clear: root.querySelector("[data-pin-clear]"),
  };
  const map = await mapIn(parts.map, { zoomSnap: 0.5, minZoom: 8, maxZoom: 19 });
  map.setView([31.25, 121.4], 12);
  let marker = null;
  let asked = 0;

  function put(point, { pan = false } = {}) {
    parts.lon.value = point.lng.toFixed(SETTLED);
    parts.lat.value = point.lat.toFixed(SETTLED);
    if (!marker) {
      marker = L.marker(point, { draggable: true, autoPan: true, icon: pinIcon(), keyboard: true, alt: words.wordsMarker, title: words.wordsMarker });
      marker.addTo(map);
      marker.on("dragend", () => put(marker.getLatLng()));
      const element = marker.getElement();
      element.setAttribute("aria-label", words.wordsMarker);
      element.addEventListener("keydown", (event) => nudge(event));
    }
    marker.setLatLng(point);
    if (pan) map.setView(point, Math.max(map.getZoom(), 16));
    parts.clear.hidden = false;
    tell(words.wordsSet, "is-set");
    whereIs(point);
  }

  function nudge(event) {
    const by = { ArrowUp: [0, -STEP], ArrowDown: [0, STEP], ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    put(map.containerPointToLatLng(map.latLngToContainerPoint(marker.getLatLng()).add(by)));
    map.panInside(marker.getLatLng(), { padding: [40, 40] });
  }

  function tell(text, state = "") {
    parts.status.textContent = text;
    parts.status.className = `pin-status ${state}`;
  }

  /** Tell in words which place it is; an older answer never overwrites a newer one. */
  async function whereIs(point) {
    if (!words.locate) return;
    const mine = (asked += 1);
    const url = new URL(words.locate, location.href);
    url.searchParams.set("lon", point.lng.toFixed(SETTLED));
    url.searchParams.set("lat", point.lat.toFixed(SETTLED));
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (mine !== asked) return;
      if (answer.status === 404) return tell(words.wordsOutside, "is-outside");
      if (!answer.ok) return;
      const found = await answer.json();
      const places = Array.isArray(found) ? found : found.items ?? found.chain ?? [];
      const chain = places.map((place) => place.name);
      for (const level of FINER) finer(map, root, places.find((place) => place.level === level)?.code, level);
      if (chain.length) tell(`${words.wordsHere} ${chain.slice(-3).join(" · ")}`, "is-set");
    } catch {
      // the pin stands all the same; the server looks again when the form arrives
    }
  }

  function take() {
    parts.lon.value = "";
    parts.lat.value = "";
    marker?.remove();
    marker = null;
    asked += 1;
    parts.clear.hidden = true;
    tell(words.wordsUnset);
  }

  map.on("click", (event) => put(event.latlng));
  root.querySelector("[data-pin-buttons]").hidden = false;
  root.querySelector("[data-pin-centre]").addEventListener("click", () => {
    put(map.getCenter());
    marker.getElement().focus();
  });
  parts.clear.addEventListener("click", take);
  const mine = root.querySelector("[data-pin-mine]");
  mine.hidden = !navigator.geolocation;
  mine.addEventListener("click", () => {
    tell(words.wordsFinding);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => put(L.latLng(coords.latitude, coords.longitude), { pan: true }),
      () => tell(words.wordsDenied, "is-outside"),
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
    );
  });
  tell(words.wordsUnset);
  // A map inside of something folded has no size until it is unfolded.
  new ResizeObserver(() => map.invalidateSize()).observe(parts.map);

  const bounds = await outlines(map, root);
  if (parts.lon.value && parts.lat.value) put(L.latLng(Number(parts.lat.value), Number(parts.lon.value)), { pan: true });
  else if (bounds?.isValid()) show(map, bounds, { padding: [8, 8] });
}

const FINER = ["street", "community"];
const drawn = new WeakMap();

/** What lies inside of the street and the community of the pin: without it a map drawn close by is empty. */
async function finer(map, root, code, level) {
  if (!code || !root.dataset.outlines) return;
  const known = drawn.get(map) ?? drawn.set(map, new Set()).get(map);
  if (known.has(code)) return;
  known.add(code);
  try {
    const url = new URL(root.dataset.outlines, location.href);
    url.searchParams.set("under", code);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const style = level === "street" ? { color: "#7fb3ba", weight: 1 } : { color: "#a9cdd2", weight: 1, dashArray: "3 4" };
    const layer = L.geoJSON(await answer.json(), { interactive: false, style: { ...style, fill: false }, onEachFeature: name }).addTo(map);
    const fit = () => label(map, layer, level === "street" ? 14 : 16);
    fit();
    map.on("zoomend moveend", fit);
  } catch {
    known.delete(code);
  }
}

/** Names of finer places only where one is near enough to tell them apart. */
function label(map, layer, zoom) {
  const near = map.getZoom() >= zoom;
  for (const shape of layer.getLayers()) {
    const element = shape.getTooltip()?.getElement();
    if (element) element.hidden = !near;
  }
  if (near) thin(map, layer);
}

async function outlines(map, root) {
  if (!root.dataset.outlines) return null;
  try {
    const answer = await fetch(root.dataset.outlines, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const layer = L.geoJSON(await answer.json(), {
      interactive: false,
      style: (feature) => ({
        color: "#3d8792",
        weight: feature.properties?.level === "district" ? 2.5 : 1,
        fillColor: "#ffffff",
        fillOpacity: 0.75,
      }),
      onEachFeature: name,
    }).addTo(map);
    thin(map, layer);
    map.on("zoomend moveend", () => thin(map, layer));
    return layer.getBounds();
  } catch {
    root.querySelector("[data-pin-status]").textContent = fill(root.dataset.wordsMap);
    return null;
  }
}

function pinIcon() {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const drop = document.createElementNS(space, "path");
  drop.setAttribute("d", "M12 1.8c-4.3 0-7.6 3.3-7.6 7.4 0 5.3 6.5 12.3 7.1 12.9a.7.7 0 0 0 1 0c.6-.6 7.1-7.6 7.1-12.9 0-4.1-3.3-7.4-7.6-7.4z");
  drop.setAttribute("fill", "currentColor");
  drop.setAttribute("stroke", "#fff");
  drop.setAttribute("stroke-width", "1.2");
  const eye = document.createElementNS(space, "circle");
  eye.setAttribute("cx", "12");
  eye.setAttribute("cy", "9.2");
  eye.setAttribute("r", "2.8");
  eye.setAttribute("fill", "#fff");
  svg.append(drop, eye);
  return L.divIcon({ html: svg, className: "pin-marker", iconSize: [44, 44], iconAnchor: [22, 41] });
}
