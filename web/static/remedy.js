// What the request's form can say at once: the remedy that a reason starts
// with, which evidence is there, and words marked by selecting them. The
// server says and does all of it, too, when it is asked.
import { language, t } from "./words.js";

export function helpWithRemedies() {
  const form = document.getElementById("remove-form");
  if (!form) return;
  const least = form.querySelector("[data-least]");
  const there = (kind) => {
    if (kind === "file") return hasFile(form);
    if (kind === "span" && form.elements.redact.value.trim() !== "") return true;
    return (form.elements["evidence_" + kind]?.value ?? "").trim() !== "";
  };
  const sync = () => {
    const reason = form.querySelector("[data-first]:checked");
    const first = reason && form.querySelector(`[data-remedy="${reason.dataset.first}"] > span`);
    least.textContent = first ? t("Here: {}.", within(first.firstChild.textContent.trim())) : "";
    for (const need of form.querySelectorAll("[data-need]")) {
      const is = there(need.dataset.need);
      need.classList.toggle("need-there", is);
      need.querySelector("[data-need-state]").textContent = is ? t("there") : t("not given");
    }
  };
  form.addEventListener("input", sync);
  form.addEventListener("change", sync);
  sync();
  markBySelecting(form, sync);
}

// within is a remedy as it stands inside a sentence. German writes nouns large everywhere.
function within(name) {
  return language === "de" ? name : name.toLowerCase();
}

function hasFile(form) {
  return form.querySelector("[name=file]:checked") !== null || form.elements.files.files.length > 0;
}

// markBySelecting adds the selected words to the field. Where they stand more
// than once, it says which of them was meant.
function markBySelecting(form, sync) {
  const button = form.querySelector("[data-mark]");
  const words = document.querySelector(".words");
  if (!button || !words) return;
  button.hidden = false;
  form.querySelector("[data-mark-help]").hidden = false;
  let last = null;
  document.addEventListener("selectionchange", () => {
    const s = getSelection();
    if (s.rangeCount > 0 && !s.isCollapsed && words.contains(s.getRangeAt(0).commonAncestorContainer)) last = s.getRangeAt(0).cloneRange();
  });
  button.addEventListener("click", () => {
    if (!last) return;
    const field = form.elements.redact;
    const lines = linesOf(words, last);
    field.value = [field.value.trim(), ...lines].filter(Boolean).join("\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    last = null;
    getSelection().removeAllRanges();
    sync();
  });
}

function linesOf(words, range) {
  const before = document.createRange();
  before.selectNodeContents(words);
  before.setEnd(range.startContainer, range.startOffset);
  let passed = before.toString();
  const all = words.textContent;
  const out = [];
  for (const line of range.toString().split("\n")) {
    const text = line.trim();
    if (text !== "") {
      const lead = passed.length + line.indexOf(text);
      const total = count(all, text);
      out.push(total > 1 ? `${text} #${count(all.slice(0, lead + text.length), text)}` : text);
    }
    passed += line + "\n";
  }
  return out;
}

function count(text, words) {
  let n = 0;
  for (let i = text.indexOf(words); i >= 0; i = text.indexOf(words, i + words.length)) n++;
  return n;
}
