// Adds the reader's own time to the times, which the server writes in UTC.
export function localTimes() {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (here === "UTC") return;
  for (const time of document.querySelectorAll("time[data-abs]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.dataset.abs = `${time.dataset.abs} · here ${format.format(at)}`;
    if (time.classList.contains("date")) time.title = time.dataset.abs;
  }
}
