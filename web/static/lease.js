// Holds a ticket while its page is open, and says how long it is held.
// POSTs to the lease address every minute; the answer is
// {"lease_until": RFC 3339}, or anything else when it is no longer ours.
import { t } from "./words.js";

const EVERY = 60_000;
const LOW = 120_000;

export function keepLease() {
  const out = document.querySelector("[data-lease-until]");
  if (!out) return;
  const said = document.querySelector("[data-lease-said]");
  let until = Date.parse(out.dataset.leaseUntil);
  let ours = true;

  const show = () => {
    const left = until - Date.now();
    out.toggleAttribute("data-low", left < LOW);
    if (!ours) return;
    if (left <= 0) {
      out.textContent = t("your hold has run out");
      return;
    }
    const seconds = Math.floor(left / 1000);
    out.textContent = t("{} left", `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
  };

  const lost = (text) => {
    ours = false;
    out.textContent = t("no longer yours");
    out.dataset.low = "";
    said.textContent = text;
  };

  const renew = async () => {
    if (!ours || document.visibilityState === "hidden") return;
    try {
      const res = await fetch(out.dataset.leaseUrl, { method: "POST", headers: { Accept: "application/json" } });
      if (res.status >= 500) throw new Error(String(res.status));
      const body = res.ok && !res.redirected ? await res.json() : {};
      const next = Date.parse(body.lease_until);
      if (Number.isNaN(next)) {
        lost(t("Someone else may have this ticket now. What you wrote stays in this tab; load the page again to see."));
        return;
      }
      until = next;
      said.textContent = "";
    } catch {
      said.textContent = t("evenhand can’t be reached just now; trying again in a minute. What you wrote is kept.");
    }
    show();
  };

  setInterval(show, 1000);
  setInterval(renew, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && until - Date.now() < EVERY * 2) renew();
  });
  show();
}
