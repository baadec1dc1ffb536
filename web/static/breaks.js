// Suggests a break after so many minutes of work without one. Only this browser counts, and only while a page of the
// desk is open: ten minutes without any, or the break's own page, begin anew.
import { recall, remember } from "./store.js";

const GAP = 10 * 60_000;
const LATER = 10 * 60_000;

export function suggestBreaks() {
  if (document.querySelector("[data-resting]")) {
    remember("work-since", "");
    return;
  }
  const after = Number(document.documentElement.dataset.breakAfter ?? 0) * 60_000;
  const offer = document.querySelector("[data-break-offer]");
  if (!after || !offer) return;
  const look = () => {
    if (document.visibilityState !== "visible") return;
    const now = Date.now();
    const seen = Number(recall("work-seen"));
    let since = Number(recall("work-since"));
    if (!since || now - seen > GAP) {
      since = now;
      remember("work-since", String(since));
    }
    remember("work-seen", String(now));
    offer.hidden = now - since < after || now < Number(recall("work-later"));
  };
  offer.querySelector("[data-break-later]").addEventListener("click", () => {
    remember("work-later", String(Date.now() + LATER));
    offer.hidden = true;
  });
  setInterval(look, 15_000);
  document.addEventListener("visibilitychange", look);
  look();
}
