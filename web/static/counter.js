// Says how many characters are still missing from a text.
import { t } from "./words.js";

export function countCharacters() {
  for (const out of document.querySelectorAll("[data-counter]")) {
    const input = document.getElementById(out.dataset.counter);
    const min = Number(out.dataset.min);
    const show = () => {
      const n = [...input.value.trim()].length;
      out.textContent = n < min ? t("{} of {}", n, min) : t("{}, enough", n);
      out.toggleAttribute("data-enough", n >= min);
    };
    input.addEventListener("input", show);
    show();
  }
}
