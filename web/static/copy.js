// Copies an id whole, though only its end is shown.
import { say } from "./say.js";
import { t } from "./words.js";

export function copyIDs() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.dataset.done = "";
      setTimeout(() => delete button.dataset.done, 2000);
      say(t("Copied."));
    } catch {
      const code = button.parentElement.querySelector("code");
      getSelection().selectAllChildren(code);
      say(t("Selected; press Ctrl C to copy."));
    }
  });
}
