// @ts-check
// Menus are `<details>`: here they also close by a click elsewhere, by Escape, and when another one opens.

export function menus() {
  const open = () => [...document.querySelectorAll("details.menu[open]")];
  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Node)) return;
    for (const menu of open()) if (!menu.contains(target)) menu.removeAttribute("open");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of open()) {
        menu.removeAttribute("open");
        menu.querySelector("summary")?.focus();
      }
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const focus = document.activeElement;
    const menu = focus?.closest("details.menu[open]");
    if (!focus || !menu || focus.matches("input")) return;
    const items = [...menu.querySelectorAll(".menu-list :is(a, button)")];
    const step = event.key === "ArrowDown" ? 1 : -1;
    const next = items[(items.indexOf(focus) + step + items.length) % items.length];
    if (next instanceof HTMLElement) next.focus();
    event.preventDefault();
  });
}
