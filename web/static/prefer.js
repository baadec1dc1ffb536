// The preferences' page: all zones that the browser knows, and this device's own choice of keys gives way to the person's.
import { forget } from "./store.js";

export function helpToPrefer() {
  const form = document.querySelector("[data-preferences]");
  if (!form) return;
  const list = form.querySelector("[data-zones]");
  const zones = Intl.supportedValuesOf?.("timeZone") ?? [];
  if (zones.length > 0) list.replaceChildren(...["UTC", ...zones].map((zone) => Object.assign(document.createElement("option"), { value: zone })));
  form.addEventListener("submit", () => forget("keys"));
}
