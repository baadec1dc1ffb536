// Keeps what was typed in a form until the tab is closed, so that a lost
// connection or an expired sign-in costs nobody their text. The form's
// data-keep-text names what it is about (a ticket, a proposal).
const PREFIX = "evenhand.text.";

export function keepText() {
  for (const form of document.querySelectorAll("[data-keep-text]")) {
    const key = (field) => PREFIX + form.dataset.keepText + "." + field.name;
    for (const field of form.querySelectorAll("textarea")) {
      try {
        if (field.value === "") field.value = sessionStorage.getItem(key(field)) ?? "";
        field.addEventListener("input", () => save(key(field), field.value));
      } catch {
        return; // storage is closed to us
      }
    }
  }
}

function save(key, value) {
  try {
    if (value === "") sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch { /* full or closed: the text is still on the page */ }
}
