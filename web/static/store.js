// localStorage that may be closed to us.
export function remember(key, value) {
  try {
    localStorage.setItem("evenhand." + key, value);
  } catch { /* then it lasts for this page only */ }
}

// recall gives what was remembered, or "".
export function recall(key) {
  try {
    return localStorage.getItem("evenhand." + key) ?? "";
  } catch {
    return "";
  }
}

export function forget(key) {
  try {
    localStorage.removeItem("evenhand." + key);
  } catch { /* there is nothing then */ }
}
