// Words in the reader's language: the page carries them, the modules only fill in the numbers.

const holder = () => document.getElementById("words")?.dataset ?? {};

/** `template` with {names} replaced. */
export function fill(template, values = {}) {
  return (template ?? "").replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The page's word for `name` (parts/words.html). */
export function word(name, values) {
  return fill(holder()[name], values);
}
