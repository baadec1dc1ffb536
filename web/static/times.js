// The server writes times in the zone that the reader chose, or that the browser told it of before. Where it didn't know
// yet, this page's times are put into the browser's zone here, and the next page comes in it.
import { language, t } from "./words.js";

export function localTimes() {
  const root = document.documentElement;
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!root.dataset.zone || root.dataset.zoneFrom === "chosen" || !here) return;
  if (here === root.dataset.zone) return;
  document.cookie = `evenhand_zone=${encodeURIComponent(here)};path=/;max-age=31536000;samesite=lax`;
  const write = (options) => new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { timeZone: here, ...options });
  const date = { day: "numeric", month: "short", year: "numeric" };
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const whole = write({ ...date, month: "long", ...clock, timeZoneName: "short" });
  const dayAlone = write(date);
  const clockAlone = write(clock);
  for (const time of document.querySelectorAll("time[data-abs]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.dataset.abs = whole.format(at).replace(/ (at|um) /, ", ");
    if (!time.classList.contains("date")) continue;
    const day = dayAlone.format(at).replaceAll(" ", "\u00a0");
    time.textContent = "day" in time.dataset ? day : `${day} ${clockAlone.format(at)}`;
    time.title = time.dataset.abs;
  }
  const said = document.querySelector("[data-zone-said]");
  if (said) said.textContent = t("Times are in {}, as your browser says.", here);
}
