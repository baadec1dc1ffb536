// A short message at the foot of the page, read out and gone after a while.
let timer;

export function say(text) {
  const box = document.getElementById("said");
  if (!box) return;
  box.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => { box.textContent = ""; }, 4000);
}
