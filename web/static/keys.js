// Single keys. An element's data-key names its key: buttons and links are
// pressed, <summary> opens its part, fields take the focus, radios are
// chosen. Ignored while writing, with Ctrl, Alt or Meta, and when turned off.
// What sits in a [data-guarded] form is never pressed, only focused: no single
// key sends a removal request or an approval.
import { moveRow, openRow } from "./rows.js";

let awaitingGo = 0;

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      sendForm(event);
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.documentElement.dataset.keys === "off") return;
    if (writing(event.target) || document.querySelector("dialog[open]")) return;
    if (act(event.key)) event.preventDefault();
  });
}

// sendForm sends the form being written in, with its first button, and only
// where there is no choice of two. One that decides nothing, data-aside, is none.
function sendForm(event) {
  const form = event.target.closest?.("form");
  const buttons = form?.querySelectorAll("button:not([type=button], [data-aside])") ?? [];
  if (form?.method !== "post" || buttons.length !== 1 || buttons[0].disabled) return; // one of two that can't be pressed is still a choice
  event.preventDefault();
  form.requestSubmit(buttons[0]);
}

function act(key) {
  if (Date.now() - awaitingGo < 1500) {
    awaitingGo = 0;
    const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    link?.click();
    return Boolean(link);
  }
  switch (key) {
    case "g": awaitingGo = Date.now(); return true;
    case "?": document.getElementById("help").showModal(); return true;
    case "j": return moveRow(1);
    case "k": return moveRow(-1);
    case "o": return openRow();
    case "Enter": return document.activeElement === document.body && openRow();
  }
  return [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].some(press);
}

export function press(element) {
  if (element.disabled || !element.checkVisibility()) return false;
  if (element.matches("summary")) {
    const part = element.parentElement;
    part.open = !part.open;
    const first = part.open && part.querySelector("form :is(input:not([type=hidden]), select, textarea)");
    (first || element).focus();
    return true;
  }
  if (element.matches("input[type=radio]")) {
    element.checked = true;
    element.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (element.matches("a, button") && !element.closest("[data-guarded]")) {
    element.click();
    return true;
  }
  element.focus();
  return true;
}

// writing reports whether the key belongs to a field. Radios and checkboxes
// don't take letters or digits, so they don't count.
function writing(target) {
  return target.isContentEditable ||
    target.matches?.("textarea, select, input:not([type=radio], [type=checkbox])");
}
