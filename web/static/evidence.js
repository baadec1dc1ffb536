// The style sheet shows only the evidence that the chosen reason asks for;
// here the hidden fields are also kept from being sent. A browser without
// :has() shows and sends all, and the server takes what it needs.
export function chooseEvidence() {
  const form = document.getElementById("remove-form");
  if (!form || !CSS.supports("selector(:has(a))")) return;
  const sync = () => {
    const chosen = form.querySelector("[data-kinds]:checked");
    const kinds = (chosen?.dataset.kinds ?? "").split(" ");
    for (const field of form.querySelectorAll("[data-kind]")) {
      const input = field.querySelector("input, textarea");
      input.disabled = Boolean(chosen) && !kinds.includes(field.dataset.kind) && !("wrong" in field.dataset);
    }
  };
  form.addEventListener("change", sync);
  sync();
}
