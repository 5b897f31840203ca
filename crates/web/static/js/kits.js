// @ts-check
// The kit's form: colour choosers, and pictures and contrasts that follow what is typed.

/** @param {HTMLFormElement} form */
function choosers(form) {
  for (const picker of form.querySelectorAll("input[data-picks]")) {
    if (!(picker instanceof HTMLInputElement)) continue;
    const text = document.getElementById(picker.dataset.picks ?? "");
    if (!(text instanceof HTMLInputElement)) continue;
    picker.addEventListener("input", () => {
      text.value = picker.value;
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
    text.addEventListener("input", () => {
      if (/^#[0-9a-f]{6}$/i.test(text.value)) picker.value = text.value;
      const dot = text.closest("li")?.querySelector(".dot circle");
      if (text.name.endsWith("-hex") && /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text.value)) dot?.setAttribute("fill", text.value);
    });
  }
}

/** @param {HTMLFormElement} form */
function live(form) {
  const address = form.dataset.preview ?? "";
  const matrix = form.querySelector("[data-matrix]");
  const said = document.querySelector("[data-said]");
  const unsaved = document.querySelector("[data-unsaved]");
  let timer = 0;
  /** @type {AbortController | undefined} */
  let running;
  let spoken = 0;
  async function draw() {
    running?.abort();
    const mine = (running = new AbortController());
    const body = new FormData(form);
    for (const name of ["logo", "font"]) body.delete(name);
    const headers = { Accept: "application/json", "X-CSRF-Token": String(body.get("csrf") ?? "") };
    const response = await fetch(address, { method: "POST", body, headers, signal: mine.signal }).catch(() => undefined);
    if (!response?.ok) return;
    const answer = await response.json();
    for (const [index, source] of answer.pictures.entries()) {
      const picture = document.querySelector(`img[data-picture="${index}"]`);
      if (picture instanceof HTMLImageElement) picture.src = source;
    }
    // Not while a button of it has the focus: it would be gone.
    if (answer.matrix && matrix && !matrix.contains(document.activeElement)) matrix.innerHTML = answer.matrix;
    for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
    for (const problem of answer.problems) document.getElementById(`field-${problem.field}`)?.setAttribute("aria-invalid", "true");
    if (said && Date.now() - spoken > 2000) {
      spoken = Date.now();
      said.textContent = answer.problems.length > 0 ? answer.problems[0].text : "Previews updated";
    }
  }
  let dirty = form.querySelector(".summary") !== null;
  form.addEventListener("input", () => {
    if (unsaved instanceof HTMLElement) unsaved.hidden = false;
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(draw, 120);
  });
  form.addEventListener("submit", () => (dirty = false));
  addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
}

for (const form of document.querySelectorAll("form[data-kit]")) {
  if (!(form instanceof HTMLFormElement)) continue;
  choosers(form);
  live(form);
}
