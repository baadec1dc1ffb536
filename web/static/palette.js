// Search or jump: Ctrl K opens a list of the page's ways and acts, and of what an id leads to. It only opens pages and
// presses what could be pressed; what sits in a guarded form takes the focus, no more.
import { press } from "./keys.js";
import { t } from "./words.js";

const ID = /^[^\s]{6,200}$/;

export function openPalette() {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const none = dialog.querySelector("[data-palette-none]");
  let all = [], shown = [], at = 0, asked = 0, timer = 0;

  const open = () => {
    if (dialog.open) return;
    all = [...acts(), ...ways()];
    input.value = document.getElementById("jump-q")?.value ?? "";
    dialog.showModal();
    input.focus();
    show();
  };

  const show = () => {
    const words = input.value.trim().toLowerCase();
    draw(all.filter((x) => words.split(/\s+/).every((w) => x.label.toLowerCase().includes(w))), words);
    clearTimeout(timer);
    if (ID.test(input.value.trim())) timer = setTimeout(ask, 150);
  };

  const draw = (items, words) => {
    shown = items;
    at = 0;
    list.replaceChildren(...items.map((x, i) => option(x, i)));
    none.hidden = items.length > 0 || words === "" || ID.test(words);
    mark();
  };

  // What an id leads to, the server says; an answer to an older question is dropped.
  const ask = async () => {
    const mine = ++asked;
    try {
      const res = await fetch(`${dialog.dataset.jump}?q=${encodeURIComponent(input.value.trim())}`, { headers: { Accept: "application/json" } });
      if (!res.ok || mine !== asked) return;
      const { found } = await res.json();
      const known = new Set(shown.map((x) => x.href));
      draw([...found.filter((f) => !known.has(f.href)).map((f) => ({ label: f.label, href: f.href })), ...shown], "");
      none.hidden = shown.length > 0;
    } catch { /* the server can't be reached: the page's own ways are there */ }
  };

  const option = (x, i) => {
    const li = document.createElement("li");
    li.id = `palette-${i}`;
    li.setAttribute("role", "option");
    li.append(Object.assign(document.createElement("span"), { textContent: x.label }), Object.assign(document.createElement("span"), { className: "quiet", textContent: x.hint ?? "" }));
    li.addEventListener("click", () => go(i));
    return li;
  };

  const mark = () => {
    for (const [i, li] of [...list.children].entries()) li.setAttribute("aria-selected", String(i === at));
    const here = list.children[at];
    if (here) input.setAttribute("aria-activedescendant", here.id);
    else input.removeAttribute("aria-activedescendant");
    here?.scrollIntoView({ block: "nearest" });
  };

  const go = (i) => {
    const x = shown[i];
    if (!x) return;
    dialog.close();
    if (x.href) location.assign(x.href);
    else press(x.element);
  };

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  const field = document.getElementById("jump-q");
  field?.addEventListener("keydown", (event) => { if (event.key === "ArrowDown") { event.preventDefault(); open(); } });
  input.addEventListener("input", () => { asked++; show(); });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length > 0) {
      event.preventDefault();
      at = (at + step + shown.length) % shown.length;
      mark();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      go(at);
    }
  });
}

const ways = () => [...document.querySelectorAll(".nav a, .menu-ways a, .crumb a")].map((a) => ({
  label: a.firstChild.textContent.trim(), hint: a.dataset.go ? `g ${a.dataset.go}` : t("page"), href: a.href,
}));

const acts = () => [...document.querySelectorAll("main [data-key]:is(button, summary, textarea)")]
  .filter((e) => e.checkVisibility() && !e.disabled)
  .map((element) => ({ label: name(element), hint: element.dataset.key, element }));

function name(element) {
  const label = element.labels?.[0] ?? element;
  return [...label.childNodes].filter((n) => !(n.nodeName === "KBD")).map((n) => n.textContent).join("").trim();
}
