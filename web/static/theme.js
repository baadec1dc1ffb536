// Runs before the first paint, so that a chosen theme doesn't flash. Not a
// module: modules wait for the page.
(() => {
  const root = document.documentElement;
  root.dataset.js = "on";
  try {
    const theme = localStorage.getItem("evenhand.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    root.dataset.keys = localStorage.getItem("evenhand.keys") === "off" ? "off" : "on";
  } catch {
    root.dataset.keys = "on"; // storage is closed to us; the defaults do
  }
})();
