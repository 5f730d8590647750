// The sweep: the same picture and words at several strengths, without depth and with it, side by side.

import { clear, download, el, notice, say } from "../dom.js";
import { button, field } from "./controls.js";

const USUAL = "0.5, 0.65, 0.8, 0.9, 1", MOST = 10;
const METHODS = { "image-to-image": "Image to image", "depth-withheld": "Without depth", "depth-to-image": "With depth" };

/** What a comparison says itself, and therefore takes no word of. */
const OWN = ["strength", "init", "count", "layers", "inpaint", "previews", "format", "metadata"];

/**
 * Reads a list of strengths.
 * @param {string} text such as "0.5, 0.8 1"
 * @returns {{strengths?: number[], problem?: string}} what it says, ascending, or what is wrong with it
 */
export function readStrengths(text) {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  if (words.length === 0) return { problem: "No strength is given. Numbers from 0 to 1 are expected, such as 0.5, 0.8, 1." };
  if (words.length > MOST) return { problem: `${words.length} strengths are given; at most ${MOST} are compared at once.` };
  const strengths = new Set();
  for (const word of words) {
    const value = Number(word);
    if (!(value >= 0 && value <= 1)) return { problem: `“${word}” is no strength: a number from 0 to 1 is expected.` };
    strengths.add(value);
  }
  return { strengths: [...strengths].sort((a, b) => a - b) };
}

/**
 * @param {HTMLElement} element where it goes
 * @param {import("../app.js").App} app
 */
export function mountSweep(element, app) {
  const panel = new SweepPanel(app);
  element.append(panel.element);
  app.addRestorer((request, job) => panel.restore(request, job));
  return panel;
}

class SweepPanel {
  #app;

  constructor(app) {
    this.#app = app;
    this.#build();
    app.on("picture", () => this.#takePicture());
    this.#takePicture();
  }

  /** Shows a comparison of the history again. */
  async restore(request, job) {
    if (Array.isArray(request.strengths)) this.strengths.value = request.strengths.join(", ");
    if (job?.kind === "compare" && job.result) await this.show(job);
  }

  #build() {
    this.state = el("p", { class: "work-state", text: "Choose a picture first." });
    this.strengths = el("input", { type: "text", autocomplete: "off", input: () => this.#check() });
    this.strengths.value = USUAL;
    this.problem = el("p", { class: "field-error", role: "alert", hidden: true });
    this.count = el("p", { class: "hint" });
    this.start = button("Make the comparison", () => this.#run(), { class: "primary" });
    this.notices = el("div", { class: "notices" });
    this.result = el("div", { class: "work-sweep", hidden: true });
    this.body = el("div", { class: "work" },
      el("p", { class: "hint", text: "With little strength the picture stays. With more, image-to-image loses its shapes; with depth they stay. The words and settings are those above." }),
      field("Strengths", this.strengths), this.problem, this.count, el("div", { class: "row" }, this.start), this.notices, this.result);
    this.problem.id = `${this.strengths.id}-problem`;
    this.strengths.setAttribute("aria-describedby", this.problem.id);
    this.element = el("div", { class: "work" }, this.state, this.body);
  }

  #takePicture() {
    const has = this.#app.state.picture !== null;
    this.state.hidden = has;
    this.body.hidden = !has;
    this.result.hidden = true;
    this.result.replaceChildren();
    clear(this.notices);
    this.#check();
  }

  #check() {
    const read = readStrengths(this.strengths.value), { strengths, problem } = read;
    this.problem.textContent = problem ?? "";
    this.problem.hidden = !problem;
    this.strengths.setAttribute("aria-invalid", String(problem !== undefined));
    this.count.textContent = problem ? "" : `${2 * strengths.length} pictures: ${strengths.length === 1 ? "one strength" : `${strengths.length} strengths`}, each without depth and with it.`;
    return read;
  }

  async #run() {
    const { strengths, problem } = this.#check();
    if (problem) {
      this.strengths.focus();
      return;
    }
    clear(this.notices);
    this.start.disabled = true;
    try {
      const { fields, files } = await this.#app.buildRequest();
      for (const name of OWN) delete fields[name];
      delete files.mask;
      delete files.shape;
      fields.strengths = strengths;
      // What comes of it is shown when it is finished: the page calls show, for one that was begun before a reload, too.
      await this.#app.jobs.submit({ path: "api/v1/compare", fields, files, kind: "compare", label: "Comparison" });
    } catch (failure) {
      this.#app.showErrors(failure);
    } finally {
      this.start.disabled = false;
    }
  }

  /** Shows a comparison that is done. */
  async show(job) {
    const { pictures, images, page } = job.result;
    if (!pictures) return;
    try {
      const strengths = [...new Set(pictures.map((picture) => picture.strength))].sort((a, b) => a - b);
      const methods = [...new Set(pictures.map((picture) => picture.method))];
      const rows = await Promise.all(strengths.map(async (strength) => el("tr", {}, el("th", { scope: "row", text: strength.toFixed(2) }),
        ...await Promise.all(methods.map(async (method) => el("td", {}, await this.#cell(pictures.find((picture) => picture.method === method && picture.strength === strength))))))));
      const table = el("table", {},
        el("caption", { text: "How much of the picture’s depth (−1 to 1) and of its edges (0 to 1) is kept: more is better." }),
        el("thead", {}, el("tr", {}, el("th", { scope: "col", text: "Strength" }), ...methods.map((method) => el("th", { scope: "col", text: nameOf(method) })))),
        el("tbody", {}, ...rows));
      const saved = (text, url, name) => button(text, async () => {
        try {
          download(await this.#app.api.blob(url), name);
        } catch (problem) {
          notice(this.notices, { kind: "bad", text: problem.detail ?? problem.message });
        }
      });
      this.result.replaceChildren(
        el("div", { class: "work-scroll", tabindex: "0", role: "region", "aria-label": "Comparison by strength" }, table),
        el("div", { class: "row" }, saved("Download the figure", images[0].url, "comparison.png"), page ? saved("Download as a page", page.url ?? page, "comparison.html") : null));
      this.result.hidden = false;
      this.element.closest("details").open = true;
      say(`The comparison is done: ${pictures.length} pictures.`);
    } catch (problem) {
      notice(this.notices, { kind: "bad", text: problem.detail ?? problem.message });
    }
  }

  async #cell(picture) {
    if (!picture) return "–";
    const name = `${nameOf(picture.method)}, strength ${picture.strength.toFixed(2)}`, scores = [];
    if (typeof picture.depthScore === "number") scores.push(`depth ${picture.depthScore.toFixed(2).replace("-", "−")}`);
    if (typeof picture.edgeScore === "number") scores.push(`edges ${picture.edgeScore.toFixed(2)}`);
    const address = await this.#app.api.image(picture.url);
    return el("figure", {},
      el("a", { href: address, target: "_blank", rel: "noopener" }, el("img", { src: address, alt: `${name} (opens alone)`, loading: "lazy" })),
      el("figcaption", { text: scores.join(", ") }),
      el("button", { type: "button", click: () => takeStrength(picture.strength) }, "Take this strength", el("span", { class: "visually-hidden", text: picture.strength.toFixed(2) })));
  }
}

/** Sets the page's own control, as a hand would. */
function takeStrength(value) {
  const control = document.getElementById("strength");
  control.value = value;
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.dispatchEvent(new Event("change", { bubbles: true }));
  say(`How much changes: ${value.toFixed(2)}.`);
}

/** "imageToImage" and "image-to-image" are the same method. */
function nameOf(method) {
  const dashed = method.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(/^-/, "");
  return METHODS[dashed] ?? method;
}
