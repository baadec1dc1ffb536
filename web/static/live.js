// Counts of the navigation and changes of the ticket, as they happen. The stream ends while the page is hidden, and where
// there is none everything else works as before.
import { language, t } from "./words.js";

export function listenLive() {
  const box = document.querySelector("[data-live-url]");
  if (!box || !("EventSource" in window)) return;
  let stream = null;
  const connect = () => {
    if (stream || document.visibilityState !== "visible") return;
    stream = new EventSource(box.dataset.liveUrl);
    stream.addEventListener("counts", (event) => showCounts(JSON.parse(event.data)));
    stream.addEventListener("ticket", (event) => showTicket(JSON.parse(event.data)));
    stream.addEventListener("bye", hangUp);
  };
  const hangUp = () => {
    stream?.close();
    stream = null;
  };
  document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? connect() : hangUp()));
  window.addEventListener("pagehide", hangUp);
  window.addEventListener("pageshow", connect);
  connect();
}

function showCounts(counts) {
  for (const [name, n] of Object.entries(counts)) {
    for (const place of document.querySelectorAll(`[data-live="${CSS.escape(name)}"]`)) {
      place.textContent = n > 0 ? n.toLocaleString(language) : "";
      place.hidden = n === 0;
    }
  }
}

function showTicket(now) {
  const note = document.querySelector("[data-live-ticket]");
  if (!note) return;
  const said = [];
  if (now.version !== Number(note.dataset.version)) said.push(t("The review has changed since you opened it."));
  if (now.flags > Number(note.dataset.flags)) said.push(t("It was flagged again."));
  if (said.length === 0) return;
  const again = Object.assign(document.createElement("a"), { href: location.pathname, textContent: t("Load it again") });
  note.replaceChildren(said.join(" ") + " ", again);
}
