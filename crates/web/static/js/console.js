// @ts-check
// Sends a real request to /v1 on this page's origin, with a test key that is made for it and stays in this page's memory.

const PLACEHOLDER = "rp_test_YOUR_KEY";

/** @type {{ key: string, hint: string, ends: number } | undefined} */
let made;

/**
 * The request that a form describes: its path with values filled in, its query, its body.
 * @param {string} path
 * @param {Iterable<[string, unknown]>} fields named `path:id`, `query:limit` or `body`
 * @returns {{ path: string, body: string | undefined }}
 */
export function request(path, fields) {
  const query = new URLSearchParams();
  let body;
  for (const [name, value] of fields) {
    const [place, member = ""] = name.split(":");
    const text = String(value);
    if (place === "path") path = path.replace(`{${member}}`, encodeURIComponent(text));
    else if (place === "query" && text !== "") query.append(member, text);
    else if (place === "body") body = text;
  }
  const rest = query.toString();
  return { path: rest ? `${path}?${rest}` : path, body };
}

/**
 * Addresses of pictures in an answer.
 * @param {any} json
 * @returns {{ url: string, alt: string, width: number, height: number }[]}
 */
export function pictures(json) {
  const images = Array.isArray(json?.images) ? json.images : [];
  return images
    .filter((/** @type {any} */ image) => typeof image.url === "string" && image.format !== "pdf")
    .map((/** @type {any} */ image) => ({ url: image.url, alt: image.altText ?? image.name ?? "", width: image.width, height: image.height }));
}

/** @param {Element} root */
async function key(root) {
  if (made && made.ends > Date.now()) return made.key;
  const address = root.querySelector("[data-key]")?.getAttribute("data-key") ?? "";
  const token = root.querySelector("[data-token]")?.getAttribute("data-token") ?? "";
  const answer = await fetch(address, { method: "POST", headers: { Accept: "application/json", "X-CSRF-Token": token } });
  if (answer.status === 401) {
    // The password is asked for again; the browser comes back to this chapter.
    const chapter = location.pathname.split("/docs/")[1] ?? "quickstart";
    location.assign(`${address}/${encodeURIComponent(chapter)}`);
    return undefined;
  }
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.message ?? "The key could not be made.");
  made = { key: json.key, hint: json.hint, ends: Date.parse(json.expiresAt) };
  told();
  return made.key;
}

/** Says which key is used, and puts it into the examples, so that they run as they are pasted. */
function told() {
  if (!made) return;
  const until = new Date(made.ends).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  for (const place of document.querySelectorAll("[data-key-state]")) {
    place.textContent = `With ${made.hint}, until ${until}; it stands in the examples too.`;
  }
  for (const code of document.querySelectorAll("[data-sample] code")) {
    if (code.textContent?.includes(PLACEHOLDER)) code.textContent = code.textContent.replaceAll(PLACEHOLDER, made.key);
  }
}

/**
 * @param {string} tag
 * @param {string} text
 * @param {string} [name]
 */
function element(tag, text, name) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  return made;
}

/**
 * @param {string} title
 * @param {string} text
 */
function folded(title, text) {
  const details = document.createElement("details");
  const pre = element("pre", text);
  pre.tabIndex = 0;
  details.append(element("summary", title, "small"), pre);
  return details;
}

/**
 * @param {Element} place
 * @param {string} line
 * @param {string} sent
 * @param {Response} answer
 * @param {string} text
 * @param {number} millis
 */
function show(place, line, sent, answer, text, millis) {
  const exchange = element("div", "", "exchange");
  const status = element("p", "", "row small");
  const word = answer.ok ? "is-success" : "is-danger";
  status.append(element("span", `${answer.status} ${answer.statusText}`.trim(), `badge ${word}`), element("span", `${Math.round(millis)} ms`, "faint num"), element("code", line));
  exchange.append(status);
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const shots = pictures(json);
  if (shots.length) {
    const strip = element("div", "", "exchange-pictures");
    for (const { url, alt, width, height } of shots) {
      const link = document.createElement("a");
      link.href = url;
      link.target = "_blank";
      link.rel = "noopener";
      const image = document.createElement("img");
      Object.assign(image, { src: url, alt, width, height });
      link.append(image);
      strip.append(link);
    }
    exchange.append(strip);
  }
  const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  exchange.append(folded("Request", sent), folded("Headers", headers));
  if (text) {
    const pre = element("pre", json === undefined ? text : JSON.stringify(json, null, 2));
    pre.tabIndex = 0;
    pre.setAttribute("aria-label", "Body of the answer");
    exchange.append(pre);
  }
  place.replaceChildren(exchange);
}

/**
 * @param {Element} root
 * @param {HTMLFormElement} form
 */
async function send(root, form) {
  const place = form.querySelector("[data-shown]");
  const button = form.querySelector("button");
  if (!place || !button) return;
  const [method = "GET", path = ""] = (form.dataset.send ?? "").split(" ");
  button.setAttribute("aria-busy", "true");
  try {
    const { path: target, body } = request(path, new FormData(form));
    // Another page of this person's may have made the key anew: then this one's is over, and the next one is asked for once.
    for (const last of [false, true]) {
      const secret = await key(root);
      if (!secret) return;
      /** @type {Record<string, string>} */
      const headers = { "X-API-Key": secret };
      if (body !== undefined) headers["Content-Type"] = "application/json";
      const started = performance.now();
      const answer = await fetch(target, { method, headers, body, credentials: "omit", cache: "no-store" });
      const text = await answer.text();
      if (answer.status === 401) made = undefined;
      if (answer.status === 401 && !last) continue;
      const hidden = Object.entries({ ...headers, "X-API-Key": made?.hint ?? "" }).map(([name, value]) => `${name}: ${value}`);
      const sent = [`${method} ${target}`, ...hidden, ...(body === undefined ? [] : ["", body])].join("\n");
      return show(place, `${method} ${target}`, sent, answer, text, performance.now() - started);
    }
  } catch (error) {
    place.replaceChildren(element("p", error instanceof TypeError ? "The request did not get through. Check the connection and send it again." : String(error instanceof Error ? error.message : error), "problem"));
  } finally {
    button.removeAttribute("aria-busy");
  }
}

export function consoles() {
  const root = document.querySelector("[data-docs]");
  root?.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset.send) return;
    event.preventDefault();
    send(root, form);
  });
  document.addEventListener("samples", told);
}
