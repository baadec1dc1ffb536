// localStorage that may be closed to us.
export function remember(key, value) {
  try {
    localStorage.setItem("evenhand." + key, value);
  } catch { /* then it lasts for this page only */ }
}
