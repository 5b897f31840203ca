// @ts-check
// `data-drop`: shows that a file may be dropped, and the names of what was chosen.

/** @param {FileList | null} files */
export function namesOf(files) {
  const names = [...(files ?? [])].map((file) => file.name);
  return names.length > 3 ? `${names.length} files` : names.join(", ");
}

export function drops() {
  for (const area of document.querySelectorAll("[data-drop]")) {
    const input = area.querySelector("input");
    const text = area.querySelector("[data-drop-text]");
    if (!input || !text) continue;
    const before = text.textContent;
    for (const type of ["dragenter", "dragover"]) area.addEventListener(type, () => area.classList.add("is-over"));
    for (const type of ["dragleave", "drop"]) area.addEventListener(type, () => area.classList.remove("is-over"));
    input.addEventListener("change", () => (text.textContent = namesOf(input.files) || before));
  }
}
