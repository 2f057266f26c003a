// Large print and language switch in place: what was typed into a form must not be lost by it.

const KEPT = "kept-while-switching";

export function start() {
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-elder-switch]")) switchElder(event);
    if (event.target.matches("[data-language-switch]")) keepTyped();
  });
}

/** Large print is a matter of one attribute; the next page has it from the cookie, also where the network is slow. */
function switchElder(event) {
  const button = event.submitter;
  if (!button) return;
  event.preventDefault();
  const on = button.value === "1";
  document.cookie = `elder=${button.value}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  const body = new URLSearchParams(new FormData(event.target));
  body.set("elder", button.value);
  fetch(event.target.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
  document.documentElement.toggleAttribute("data-elder", on);
  if (on) document.body.dataset.weuiMode = "care";
  else delete document.body.dataset.weuiMode;
  for (const one of document.querySelectorAll("[data-elder-switch] button")) {
    one.value = on ? "0" : "1";
    one.querySelector("span").textContent = on ? one.dataset.off : one.dataset.on;
  }
}

/** Lives for the one reload that brings the page in the other language; never holds passwords, codes or files. */
function keepTyped() {
  const typed = {};
  for (const form of document.querySelectorAll("form[data-keep]")) {
    for (const field of form.elements) {
      if (!field.name || !field.id || ["hidden", "password", "file", "submit", "button"].includes(field.type)) continue;
      typed[field.id] = field.type === "checkbox" || field.type === "radio" ? field.checked : field.value;
    }
  }
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ path: location.pathname, typed }));
  } catch {
    // without storage the form is simply empty after the switch
  }
}

export function restore() {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    sessionStorage.removeItem(KEPT);
  } catch {
    return;
  }
  if (kept?.path !== location.pathname) return;
  for (const [id, value] of Object.entries(kept.typed)) {
    const field = document.getElementById(id);
    if (!field) continue;
    if (typeof value === "boolean") field.checked = value;
    else field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
