// Small help with forms: no double sending, errors in sight, facets that
// leave empty values out of the address, demo sign-ins filled in.
export function improveForms() {
  document.querySelector("[data-problems]")?.focus();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    if ("sent" in form.dataset) {
      event.preventDefault();
      return;
    }
    if (form.method === "post") form.dataset.sent = "";
    if ("facets" in form.dataset) {
      for (const field of form.elements) field.disabled ||= field.name !== "" && field.value === "";
    }
  });

  // Back in history, the page comes as it was left: sent, and disabled.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const field of document.querySelectorAll("[data-facets] :disabled")) field.disabled = false;
  });

  // A link to a folded part unfolds it.
  document.addEventListener("click", (event) => {
    const to = event.target.closest?.('a[href^="#"]')?.hash.slice(1);
    const part = to && document.getElementById(to)?.closest("details");
    if (part) part.open = true;
  });

  for (const fold of document.querySelectorAll("[data-fold]")) {
    if (matchMedia("(max-width: 720px)").matches) fold.open = false;
  }

  for (const button of document.querySelectorAll("[data-fill-email]")) {
    button.addEventListener("click", () => {
      const form = document.querySelector('form[action="/sign-in"]');
      form.elements.email.value = button.dataset.fillEmail;
      form.elements.password.value = button.dataset.fillPassword;
      form.querySelector("button").focus();
    });
  }
}
