// A decision waits ten seconds before it is sent, in the browser alone: until then it can be undone, nothing has left
// the page and nothing is on record. Sending it twice does it once; the server sees to that.
//
// Going to another page sends it at once: who leaves has made up their mind. So does Ctrl Enter again. What can't be
// sent while leaving, files that is, asks before.
import { t } from "./words.js";

const GRACE = 10_000;

let held = null; // the form that waits, and what belongs to it

export function graceBeforeSending() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (held && form.method !== "dialog" && !form.dataset.undo) {
      goOn(event, () => form.submit());
      return;
    }
    if (!form.dataset?.undo || event.submitter?.hasAttribute("formaction") || event.defaultPrevented) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (held || "sent" in form.dataset) return;
    hold(form);
  }, true);

  document.addEventListener("keydown", (event) => {
    if (!held || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!event.repeat) send();
    } else if (event.key === "z" && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      event.stopImmediatePropagation();
      undo(event);
    }
  }, true);

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!held || !link || link.getAttribute("href").startsWith("#") || event.ctrlKey || event.metaKey || event.shiftKey || link.target) return;
    goOn(event, () => location.assign(link.href));
  }, true);

  window.addEventListener("beforeunload", (event) => { if (held && !small(held.form)) event.preventDefault(); });
  window.addEventListener("pagehide", leave);
}

function hold(form) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.setAttribute("role", "status");
  const text = Object.assign(document.createElement("p"), { textContent: t("{} Sent in ten seconds; nothing is on record until then.", form.dataset.undo) });
  const bar = Object.assign(document.createElement("progress"), { max: GRACE, value: GRACE });
  bar.setAttribute("aria-hidden", "true");
  const back = button(`${t("Undo")} `, "button button-quiet button-small", undo);
  back.append(Object.assign(document.createElement("kbd"), { className: "hint", textContent: "z" }));
  const buttons = Object.assign(document.createElement("div"), { className: "buttons" });
  buttons.append(back, button(t("Send it now"), "linklike", send));
  toast.append(text, bar, buttons);
  const area = form.closest(".work-right") ?? form;
  const focus = document.activeElement;
  area.inert = true;
  area.classList.add("held-back");
  document.body.append(toast);
  toast.tabIndex = -1; // not the button: a key that is still down would press it
  toast.focus({ preventScroll: true });
  const until = Date.now() + GRACE;
  const timer = setInterval(() => {
    bar.value = until - Date.now();
    if (bar.value <= 0) send();
  }, 100);
  held = { form, area, toast, timer, focus };
}

const button = (text, className, does) => {
  const b = Object.assign(document.createElement("button"), { type: "button", textContent: text, className });
  b.addEventListener("click", does);
  return b;
};

function release() {
  const was = held;
  held = null;
  clearInterval(was.timer);
  was.toast.remove();
  was.area.inert = false;
  was.area.classList.remove("held-back");
  return was;
}

function undo(event) {
  const { form, focus } = release();
  const back = () => (form.contains(focus) ? focus : form.querySelector("button"))?.focus({ preventScroll: true });
  if (event?.type === "keydown") document.addEventListener("keyup", back, { once: true }); // or the key is written there
  else back();
}

function send() {
  if (!held) return;
  const { form } = release();
  form.dataset.sent = "";
  form.submit();
}

// leave sends what waits while the page goes: the request outlives it, and its answer's message waits for the next page.
function leave() {
  if (held && small(held.form)) deliver().catch(() => {});
}

// goOn sends what waits before the next page is asked for, so that it knows of it. What is refused is shown instead.
async function goOn(event, next) {
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!small(held.form)) {
    send();
    return;
  }
  const { form } = held;
  try {
    const res = await deliver();
    if (res.type === "opaqueredirect") next();
    else form.submit();
  } catch {
    form.submit(); // the browser says what is wrong with the connection
  }
}

function deliver() {
  const { form } = release();
  form.dataset.sent = "";
  return fetch(form.action, { method: "POST", body: words(form), keepalive: true, redirect: "manual" });
}

// small says whether a form can be sent while its page goes: browsers take 64 KiB then, and no files.
function small(form) {
  if ([...form.querySelectorAll("input[type=file]")].some((f) => f.files.length > 0)) return false;
  return words(form).toString().length < 60_000;
}

// words are a form's fields without those for files, which are empty here.
const words = (form) => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
