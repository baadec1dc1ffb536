// Puts a template's text where one writes, at the place of the caret, as if it had been typed.
export function insertTemplates() {
  for (const box of document.querySelectorAll("[data-insert]")) {
    const field = document.getElementById(box.dataset.insert);
    const texts = box.parentElement.querySelector("[data-insert-texts]");
    const select = box.querySelector("select");
    box.querySelector("button").addEventListener("click", () => {
      const text = texts.querySelector(`[data-template="${CSS.escape(select.value)}"]`)?.textContent;
      if (!text) return;
      field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
  }
}
