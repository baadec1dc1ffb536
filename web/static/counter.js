// Says how many characters are still missing from a text.
export function countCharacters() {
  for (const out of document.querySelectorAll("[data-counter]")) {
    const input = document.getElementById(out.dataset.counter);
    const min = Number(out.dataset.min);
    const show = () => {
      const n = [...input.value.trim()].length;
      out.textContent = n < min ? `${n} of ${min}` : `${n}, enough`;
      out.toggleAttribute("data-enough", n >= min);
    };
    input.addEventListener("input", show);
    show();
  }
}
