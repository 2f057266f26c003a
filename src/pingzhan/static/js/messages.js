// Messages: close buttons, and saying in plain words what went wrong with something that htmx sent.

import { word } from "./words.js";

/** Add a message of `level` (success, info, warning, error) to the page's message region. */
export function say(text, level = "error") {
  const region = document.querySelector("[data-messages]");
  if (!region || !text) return;
  const same = [...region.querySelectorAll("[data-notice] p")].some((shown) => shown.textContent === text);
  if (same) return;
  const notice = document.createElement("div");
  notice.className = `notice notice-${level}`;
  notice.dataset.notice = "";
  const words = document.createElement("p");
  words.textContent = text;
  notice.append(words, closer(region.dataset.closeLabel));
  region.append(notice);
}

function closer(label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "notice-close";
  button.dataset.noticeClose = "";
  button.setAttribute("aria-label", label ?? "");
  button.textContent = "×";
  return button;
}

export function start() {
  const reveal = () => document.querySelectorAll("[data-notice-close][hidden]").forEach((button) => (button.hidden = false));
  reveal();
  document.addEventListener("htmx:load", reveal);
  document.addEventListener("click", (event) => {
    event.target.closest?.("[data-notice-close]")?.closest("[data-notice]").remove();
  });
  document.addEventListener("htmx:sendError", () => say(word("offline")));
  document.addEventListener("htmx:timeout", () => say(word("offline")));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    say(word(status === 429 ? "toomany" : status >= 500 ? "broken" : "refused"));
  });
}
