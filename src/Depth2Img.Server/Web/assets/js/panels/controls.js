// Controls with their labels, as the panels of this folder use them.

import { el } from "../dom.js";

let last = 0;

function fresh(prefix) {
  return `work-${prefix}-${++last}`;
}

/** A button that does something. */
export function button(text, act, attributes = {}) {
  return el("button", { type: "button", click: act, text, ...attributes });
}

/** A control with its label and what is said of it. */
export function field(label, control, hint) {
  control.id ||= fresh("field");
  const said = hint ? el("p", { class: "hint", id: `${control.id}-hint`, text: hint }) : null;
  if (said) control.setAttribute("aria-describedby", said.id);
  return el("div", { class: "group" }, el("label", { class: "label", for: control.id, text: label }), control, said);
}

/**
 * A slider with its value beside its label.
 * @param {string} label
 * @param {{min: number, max: number, step: number, value: number, unit?: string, digits?: number}} range
 * @param {(value: number) => void} act told of every change
 */
export function slider(label, { min, max, step, value, unit = "", digits = 0 }, act) {
  const id = fresh("slider");
  const input = el("input", { type: "range", id, min, max, step });
  const output = el("output", { for: id });
  const show = () => {
    output.textContent = `${input.valueAsNumber.toFixed(digits)}${unit}`;
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.value = value;
  input.addEventListener("input", () => {
    show();
    act(input.valueAsNumber);
  });
  show();
  return {
    element: el("div", { class: "group" }, el("label", { class: "label", for: id }, label, " ", output), input),
    input,
    get value() { return input.valueAsNumber; },
    set value(to) {
      input.value = to;
      show();
    },
  };
}

/** A choice out of a list of [value, text]. */
export function choice(label, options, value, act, hint) {
  const select = el("select", {}, ...options.map(([key, text]) => el("option", { value: key, text })));
  select.value = value;
  select.addEventListener("change", () => act(select.value));
  return { element: field(label, select, hint), select };
}

/** A box to tick. */
export function tick(label, checked, act) {
  const input = el("input", { type: "checkbox" });
  input.checked = checked;
  input.addEventListener("change", () => act(input.checked));
  return { element: el("label", { class: "check" }, input, ` ${label}`), input };
}

/** A file to choose. */
export function fileField(label, accept, act, hint) {
  const input = el("input", { type: "file", accept });
  input.addEventListener("change", () => act(input.files[0] ?? null));
  return { element: field(label, input, hint), input };
}

/** What can be folded away. */
export function fold(title, ...children) {
  return el("details", { class: "plain" }, el("summary", { text: title }), el("div", { class: "work-fold" }, ...children));
}

/** The percentage that people read: "less than 1 %" where something is there, but little. */
export function percent(part) {
  return part > 0 && part < 0.005 ? "less than 1 %" : `${Math.round(100 * part)} %`;
}

/**
 * Shows a picture on a canvas inside a stage, at the picture's aspect: small ones are enlarged, so that they can be painted on.
 * @param {HTMLElement} stage
 * @param {HTMLCanvasElement} canvas
 * @param {{canvas: HTMLCanvasElement, width: number, height: number}} picture
 * @param {number} side the longest side that is drawn
 */
export function showPicture(stage, canvas, picture, side) {
  const longest = Math.max(picture.width, picture.height), scale = Math.min(1, side / longest);
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture.canvas, 0, 0, canvas.width, canvas.height);
  const shown = Math.min(Math.max(longest, 480), 560) / longest;
  stage.style.width = `min(100%, ${Math.round(picture.width * shown)}px)`;
}

/** Says in a panel's title whether it takes part in the next picture: it does so when it is folded, too. */
export function showUse(element, isUsed) {
  const summary = element.closest("details.panel")?.querySelector("summary");
  if (!summary) return;
  summary.querySelector(".work-on")?.remove();
  if (isUsed) summary.append(el("strong", { class: "work-on", text: "on" }));
}
