// Press and hold: a button that sends only after it was held for two seconds, by pointer or by the space bar.

const HOLD_MILLISECONDS = 2000;

for (const button of document.querySelectorAll("[data-hold]")) {
  let timer = 0;
  let done = false;

  const begin = () => {
    if (timer || done || !button.form.reportValidity()) return; // what is missing is told before, not after
    button.classList.add("is-held");
    timer = setTimeout(() => {
      done = true;
      button.classList.remove("is-held");
      button.form.requestSubmit(button);
    }, HOLD_MILLISECONDS);
  };
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
    button.classList.remove("is-held");
  };

  button.addEventListener("pointerdown", begin);
  for (const name of ["pointerup", "pointerleave", "pointercancel", "blur"]) button.addEventListener(name, stop);
  button.addEventListener("keydown", (event) => {
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      begin();
    }
  });
  button.addEventListener("keyup", stop);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  // Letting go is a click, and a short press too: neither sends anything.
  button.addEventListener("click", (event) => event.preventDefault());
  button.disabled = false; // until now a short press would have sent; without scripts there is a plain button beside it
}
