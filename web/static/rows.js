// Moving through a list: one row is "here", marked and scrolled into view.
const visible = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.checkVisibility());

export function moveRow(step) {
  const rows = visible();
  if (rows.length === 0) return false;
  const at = rows.findIndex((row) => "here" in row.dataset);
  const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  if (at >= 0) delete rows[at].dataset.here;
  next.dataset.here = "";
  link(next)?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

export function openRow() {
  const row = document.querySelector("[data-row][data-here]");
  link(row)?.click();
  return Boolean(row);
}

const link = (row) => row?.querySelector("[data-open], a");
