// The choices in the menu: light or dark, single keys on or off, the sheet.
import { remember } from "./store.js";

export function readDisplay() {
  const root = document.documentElement;
  const themes = document.querySelectorAll("[data-theme-pick] input");
  for (const radio of themes) {
    radio.checked = radio.value === (root.dataset.theme ?? "auto");
    radio.addEventListener("change", () => {
      if (radio.value === "auto") delete root.dataset.theme;
      else root.dataset.theme = radio.value;
      remember("theme", radio.value);
    });
  }
  const keys = document.querySelector("[data-keys-pick]");
  if (keys) {
    keys.checked = root.dataset.keys !== "off";
    keys.addEventListener("change", () => {
      root.dataset.keys = keys.checked ? "on" : "off";
      remember("keys", root.dataset.keys);
    });
  }
  for (const button of document.querySelectorAll("[data-open-help]")) {
    button.addEventListener("click", () => document.getElementById("help").showModal());
  }
}
