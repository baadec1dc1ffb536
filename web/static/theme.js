// Runs before the first paint, so that a chosen theme doesn't flash. Not a
// module: modules wait for the page.
(() => {
  const root = document.documentElement;
  root.dataset.js = "on";
  try {
    const theme = localStorage.getItem("evenhand.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    const keys = localStorage.getItem("evenhand.keys"); // this device's choice goes before the person's
    if (keys === "off" || keys === "on") root.dataset.keys = keys;
  } catch { /* storage is closed to us; the defaults do */ }
  root.dataset.keys ??= "on";
})();
