// Small helpers around the document. All texts are set as text, never as HTML.

export const $ = (id) => document.getElementById(id);

/** Makes an element: attributes that are functions are listeners, `class`, `text` and `hidden` are what they say. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else if (key === "class") element.className = value;
    else if (key === "text") element.textContent = value;
    else if (key === "hidden") element.hidden = true;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Says something to those who do not see it; `urgent` interrupts what is being said. */
export function say(text, urgent = false) {
  const region = $(urgent ? "assertive" : "polite");
  // The same words twice are said twice only if they were gone in between.
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 50);
}

/** Shows a few words for a few seconds. */
export function toast(text) {
  const shown = el("p", { class: "toast", text });
  $("toasts").append(shown);
  say(text);
  setTimeout(() => shown.remove(), 6000);
}

/**
 * Shows a notice in a place until it is taken away: by `clear`, or by another of the same name.
 * @param {HTMLElement} place where, an element of class "notices"
 * @param {{name?: string, kind?: "info"|"bad"|"wait", text: string, small?: string, actions?: {label: string, run: () => void}[], closable?: boolean}} notice
 */
export function notice(place, { name = "notice", kind = "info", text, small, actions = [], closable = true }) {
  clear(place, name);
  const words = el("p", {}, text);
  if (small) words.append(el("br"), el("small", { text: small }));
  const box = el("div", { class: `notice ${kind}`, "data-name": name }, words);
  const row = el("div", { class: "row" });
  for (const action of actions) row.append(el("button", { type: "button", click: action.run, text: action.label }));
  if (closable) row.append(el("button", { type: "button", class: "quiet", click: () => box.remove(), text: "Close" }));
  if (row.childElementCount > 0) box.append(row);
  place.append(box);
  say(text, kind === "bad");
  return { setText: (next) => { words.firstChild.data = next; }, remove: () => box.remove() };
}

/** Takes notices away: those of a name, or all. */
export function clear(place, name) {
  for (const box of [...place.children]) {
    if (name === undefined || box.dataset.name === name) box.remove();
  }
}

/** Asks, and gives the value of the button that was pressed; null if none was. */
export function ask(title, text, buttons) {
  const dialog = $("confirm-dialog");
  $("confirm-title").textContent = title;
  $("confirm-text").textContent = text;
  $("confirm-buttons").replaceChildren(...buttons.map(({ label, value, kind }) => el("button", { value, class: kind, text: label })));
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue || null), { once: true });
  });
}

/** Calls a function when nothing has called this for a while. */
export function debounce(milliseconds, run) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...values), milliseconds);
  };
}

/** "8 s", "1 min 20 s". */
export function duration(seconds) {
  if (seconds < 1) return "1 s";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60), rest = Math.round(seconds / 10 % 6) * 10;
  return minutes >= 90 ? `${(seconds / 3600).toFixed(1)} h` : rest === 0 || rest === 60 ? `${minutes + (rest === 60 ? 1 : 0)} min` : `${minutes} min ${rest} s`;
}

/** Saves a blob as a file. */
export function download(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = el("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A random name of 128 bits; `crypto.randomUUID` exists on secure pages only. */
export function randomName() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What is kept in the browser; a browser that keeps nothing is no fault. */
export const kept = {
  read(name, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(`depth2img.${name}`)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  write(name, value) {
    try {
      localStorage.setItem(`depth2img.${name}`, JSON.stringify(value));
    } catch {
      // Private windows and full stores.
    }
  },
};
