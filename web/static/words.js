// Says a text in the page's language. What the modules say is written here in English; where the page has another
// language, the server lays that beside it: <body data-words>. {} stands for what fills the text, in order.
const said = JSON.parse(document.body.dataset.words ?? "{}");

export const language = document.documentElement.lang;

export function t(text, ...parts) {
  let i = 0;
  return (said[text] ?? text).replace(/\{(\d?)\}/g, (_, n) => String(parts[n === "" ? i++ : Number(n)]));
}
