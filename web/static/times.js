// Adds the reader's own time to the times, which the server writes in UTC.
import { language, t } from "./words.js";

export function localTimes() {
  const format = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (here === "UTC") return;
  for (const time of document.querySelectorAll("time[data-abs]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.dataset.abs = t("{} · here {}", time.dataset.abs, format.format(at));
    if (time.classList.contains("date")) time.title = time.dataset.abs;
  }
}
