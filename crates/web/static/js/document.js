// @ts-check
// The text editor: line numbers that follow, problems that jump, and pictures of what is written.

/** Where a line and column (both from 1) are in a text. @param {string} text @param {number} line @param {number} column */
export function offset(text, line, column) {
  let start = 0;
  for (let left = line - 1; left > 0; left -= 1) {
    const end = text.indexOf("\n", start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  const end = text.indexOf("\n", start);
  return Math.min(start + column - 1, end < 0 ? text.length : end);
}

/** The numbers of a gutter. @param {number} count */
export function numbers(count) {
  return Array.from({ length: count }, (_, index) => index + 1).join("\n");
}

/** @param {HTMLTextAreaElement} area @param {HTMLElement} gutter */
function gutters(area, gutter) {
  let known = 0;
  const follow = () => {
    const count = area.value.split("\n").length;
    if (count !== known) gutter.textContent = numbers(count);
    known = count;
    gutter.scrollTop = area.scrollTop;
  };
  area.addEventListener("input", follow);
  area.addEventListener("scroll", follow);
  follow();
}

/** @param {HTMLTextAreaElement} area @param {number} line @param {number} column */
function jump(area, line, column) {
  const at = offset(area.value, line, column);
  area.focus();
  area.setSelectionRange(at, at);
  area.scrollTop = Math.max(0, (line - 6) * Number.parseFloat(getComputedStyle(area).lineHeight));
}

/** @param {{line: number, column: number, message: string, hint: string | null}[]} problems */
function listed(problems) {
  if (problems.length === 0) {
    const fine = document.createElement("p");
    fine.className = "faint";
    fine.textContent = "None: the document can be published.";
    return fine;
  }
  const list = document.createElement("ol");
  list.className = "faults";
  for (const problem of problems) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = "#field-text";
    link.dataset.line = String(problem.line);
    link.dataset.column = String(problem.column);
    const line = document.createElement("b");
    line.className = "num";
    line.textContent = `Line ${problem.line} `;
    link.append(line, problem.message);
    item.append(link);
    if (problem.hint) {
      const hint = document.createElement("span");
      hint.className = "small dim";
      hint.textContent = problem.hint;
      item.append(hint);
    }
    list.append(item);
  }
  return list;
}

/** @param {{name: string, src: string, width: number, height: number}[]} pictures */
function shown(pictures) {
  return pictures.map((picture) => {
    const figure = document.createElement("figure");
    const image = new Image(picture.width, picture.height);
    image.src = picture.src;
    image.alt = picture.name;
    const caption = document.createElement("figcaption");
    caption.className = "small faint";
    caption.textContent = picture.name;
    figure.append(image, caption);
    return figure;
  });
}

/** @param {HTMLFormElement} form @param {HTMLTextAreaElement} area */
function checks(form, area) {
  const problems = document.querySelector("[data-problems]");
  const pictures = document.querySelector("[data-pictures]");
  const unsaved = document.querySelector("[data-unsaved]");
  let timer = 0;
  let dirty = false;
  /** @type {AbortController | undefined} */
  let running;
  async function look() {
    running?.abort();
    const mine = (running = new AbortController());
    const body = new URLSearchParams({ text: area.value });
    const token = new FormData(form).get("csrf");
    const headers = { Accept: "application/json", "X-CSRF-Token": String(token ?? "") };
    const response = await fetch(form.dataset.check ?? "", { method: "POST", body, headers, signal: mine.signal }).catch(() => undefined);
    if (!response?.ok) return;
    const answer = await response.json();
    problems?.replaceChildren(listed(answer.problems));
    // The last pictures stay while there are problems.
    if (answer.pictures.length > 0) pictures?.replaceChildren(...shown(answer.pictures));
  }
  area.addEventListener("input", () => {
    if (unsaved instanceof HTMLElement) unsaved.hidden = false;
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(look, 250);
  });
  form.addEventListener("submit", () => (dirty = false));
  addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
}

if (typeof document !== "undefined") {
  const form = document.querySelector("form[data-document]");
  const area = form?.querySelector("textarea");
  const gutter = form?.querySelector("[data-gutter]");
  if (form instanceof HTMLFormElement && area && gutter instanceof HTMLElement) {
    gutters(area, gutter);
    if (!area.readOnly) checks(form, area);
    document.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest("a[data-line]") : null;
      if (!(link instanceof HTMLAnchorElement)) return;
      event.preventDefault();
      jump(area, Number(link.dataset.line), Number(link.dataset.column));
    });
  }
}
