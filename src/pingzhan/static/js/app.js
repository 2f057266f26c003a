// The entry: each part of the page finds what is its own, now and in whatever htmx or a form brings in later.

import { start as startMessages } from "./messages.js";
import { start as startSendOnce, attach as attachSendOnce } from "./send-once.js";
import { start as startConfirm } from "./confirm.js";
import { start as startGallery } from "./gallery.js";
import { start as startMenus } from "./menus.js";
import { start as startPrefs, restore as restoreTyped } from "./prefs.js";
import { start as startClocks } from "./clocks.js";
import { start as startPlaces } from "./places.js";
import { start as startFilters } from "./filters.js";
import { attach as attachFields } from "./fields.js";

const start = [startMessages, startSendOnce, startConfirm, startGallery, startMenus, startPrefs, startClocks, startPlaces, startFilters];
const attach = [attachSendOnce, attachFields];

// Parts that few pages have are fetched where they are needed.
const onDemand = [
  ["[data-photos]", () => import("./photos.js")],
  ["[data-pin]", () => import("./pin.js")],
  ["[data-bulk]", () => import("./bulk.js")],
  ["[data-ground]", () => import("./ground-map.js")],
];

const taken = new WeakSet();

/** `data-attached` says that an element answers to whoever uses it: not before its part has come and is done. */
async function live(part, element) {
  await part.attach(element);
  element.dataset.attached = "1";
}

/** Every element of `root`, itself included, that matches. */
export function within(root, selector) {
  const found = [...root.querySelectorAll(selector)];
  return root instanceof Element && root.matches(selector) ? [root, ...found] : found;
}

/** Bring the parts inside of `root` to life; what already lives is left as it is. */
export function attachAll(root) {
  for (const one of attach) one(root, within);
  for (const [selector, load] of onDemand) {
    const found = within(root, selector).filter((element) => !taken.has(element));
    if (!found.length) continue;
    for (const element of found) taken.add(element);
    load().then(
      (part) => found.forEach((element) => live(part, element)),
      (error) => whenOnline(error, () => {
        for (const element of found) taken.delete(element);
        attachAll(root);
      }),
    );
  }
}

/** A part that did not come since the network left is fetched when that is back; the page works without it. */
function whenOnline(error, again) {
  if (navigator.onLine) throw error;
  window.addEventListener("online", again, { once: true });
}

for (const one of start) one({ attachAll });
restoreTyped();
attachAll(document);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) attachAll(event.detail.elt);
});
document.querySelector("[data-problem]")?.focus();
document.documentElement.dataset.ready = "1";
