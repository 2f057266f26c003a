// A form that is sent once: no double press, progress of the upload, and when the network is gone the same thing again
// with the same key, so that the server can tell a repetition from a second report.

import { fill } from "./words.js";

const SELECTOR = "form[data-send-once]";
const WAITS = [3000, 8000, 20000]; // milliseconds between the tries of our own; after these a person presses
const LIMIT = 120000; // milliseconds for one try

let attachAll = () => {};
const sending = new WeakMap();

export function start(tools) {
  attachAll = tools.attachAll;
  document.addEventListener("submit", onSubmit);
  document.addEventListener("click", (event) => {
    const again = event.target.closest?.("[data-send-again]");
    if (again) resume(again.closest(SELECTOR));
  });
  window.addEventListener("online", () => document.querySelectorAll(SELECTOR).forEach(resume));
  window.addEventListener("popstate", (event) => {
    if (event.state?.sentOnce) location.reload();
  });
}

export function attach(root, within) {
  for (const form of within(root, SELECTOR)) form.removeAttribute("aria-busy");
}

function onSubmit(event) {
  const form = event.target.closest(SELECTOR);
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  if (sending.has(form)) return;
  const body = new FormData(form, event.submitter ?? undefined);
  // A button without the attribute answers the page's own address, not the form's.
  const action = event.submitter?.hasAttribute("formaction") ? event.submitter.formAction : form.action;
  const state = { body, action, tries: 0, timer: 0, busy: false };
  sending.set(form, state);
  setBusy(form, true);
  send(form, state);
}

function resume(form) {
  const state = form && sending.get(form);
  if (!state || state.busy) return;
  clearTimeout(state.timer);
  state.tries = 0;
  send(form, state);
}

function send(form, state) {
  state.busy = true;
  say(form, "sending");
  const request = new XMLHttpRequest();
  request.open("POST", state.action);
  request.timeout = LIMIT;
  request.responseType = "document";
  request.upload.onprogress = (event) => {
    if (event.lengthComputable && event.total > 200000) progress(form, Math.floor((event.loaded / event.total) * 100));
  };
  request.onload = () => {
    state.busy = false;
    if (request.status >= 502 && request.status <= 504) return stuck(form, state, "broken");
    if (request.status === 413) return stuck(form, state, "toolarge", { final: true });
    show(form, request);
  };
  request.onerror = request.ontimeout = () => {
    state.busy = false;
    stuck(form, state, navigator.onLine ? "broken" : "offline");
  };
  request.send(state.body);
}

/** Not delivered: try again by ourselves a few times, then wait for the person or the network. */
function stuck(form, state, why, { final = false } = {}) {
  say(form, why, { stuck: true });
  if (final) {
    sending.delete(form);
    setBusy(form, false);
    return;
  }
  if (state.tries < WAITS.length) state.timer = setTimeout(() => send(form, state), WAITS[state.tries]);
  state.tries += 1;
}

/** The server has answered: its page takes the place of this one, whatever it says. */
function show(form, request) {
  const page = request.response;
  sending.delete(form);
  if (!page?.body) {
    location.assign(request.responseURL || location.href);
    return;
  }
  const arrived = request.responseURL || location.href;
  if (arrived !== location.href) history.pushState({ sentOnce: true }, "", arrived);
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  window.scrollTo(0, 0);
  window.htmx?.process(document.body);
  attachAll(document);
  const problem = document.querySelector("[data-problem]");
  if (problem) problem.focus();
  else document.getElementById("main")?.focus({ preventScroll: true }); // the top of the page stays in sight
  document.dispatchEvent(new CustomEvent("page:shown"));
}

function setBusy(form, busy) {
  form.toggleAttribute("aria-busy", busy);
  for (const button of form.querySelectorAll("button:not([type=button])")) {
    if (busy) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
}

function say(form, name, { stuck: isStuck = false } = {}) {
  const region = form.querySelector("[data-send-state]");
  if (!region) return;
  region.hidden = false;
  region.classList.toggle("is-stuck", isStuck);
  region.querySelector("[data-send-words]").textContent = region.dataset[name] ?? "";
  region.querySelector("[data-send-again]").hidden = !isStuck || name === "toolarge";
  region.querySelector("progress").hidden = true;
  if (isStuck) region.scrollIntoView({ block: "nearest" });
}

function progress(form, percent) {
  const region = form.querySelector("[data-send-state]");
  if (!region || percent >= 100) return;
  const bar = region.querySelector("progress");
  bar.hidden = false;
  bar.value = percent;
  region.querySelector("[data-send-words]").textContent = fill(region.dataset.uploading, { n: percent });
}
