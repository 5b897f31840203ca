// @ts-check
// A form that waited for the password goes on by itself.

export function goes() {
  const form = document.querySelector("form[data-go]");
  if (form instanceof HTMLFormElement) form.requestSubmit();
}
