// The prompt: how much of it the model reads, which words it has never seen, and ideas for those who have none.

import { $, debounce, el } from "./dom.js";

/** In the words of the demo model, and for models that read any words. */
const IDEAS = [
  "a golden statue on grass at sunset", "a photo of a wooden house on snow under a blue sky", "a photo of a marble statue on sand under a blue sky", "a watercolor painting of a pink house on grass",
  "an oil painting of a red tower at night", "a chrome robot on a tiled floor", "a pencil sketch of a tree on grass",
];
const FREE_IDEAS = ["a marble statue in a garden, soft morning light", "an oil painting in the manner of the old masters", "made of stained glass", "a snowy winter night with warm lanterns", "a ruin overgrown by jungle", "knitted out of wool, studio photo"];
const SHOWN = 4;

/** Wires up the prompt. */
export function mountWords(app) {
  const prompt = $("prompt"), marks = $("prompt-marks");
  let known = null, asked = 0, isThere = true;

  const count = debounce(350, async () => {
    const text = app.state.settings.prompt ?? "", number = ++asked;
    if (!isThere || !app.state.model) return;
    if (text.trim() === "") return show(null, text);
    try {
      const { promptSyntax, longPrompt } = app.state.settings;
      const answer = await app.api.json("api/v1/tokens", { method: "POST", json: { model: app.state.model.name, prompt: text, promptSyntax, longPrompt } });
      if (number === asked) show(answer, text);
    } catch (problem) {
      if (problem.status === 404 || problem.status === 405) isThere = false;
      // A prompt that cannot be read, such as weights that are not closed, is told while it is typed, without a fuss.
      if (number === asked) show(null, text, problem.status === 422 ? Object.values(problem.errors).flat()[0] ?? problem.detail : "");
    }
  });

  function show(answer, text, fault = "") {
    known = answer && { answer, text };
    $("prompt-tokens").textContent = fault || (answer ? describe(answer) : "");
    if (answer?.cut) $("prompt-tokens").append(" Not read: ", el("mark", { class: "cut", text: `“${shorten(answer.cut)}”` }));
    const unknown = answer?.unknownWords ?? [];
    $("prompt-unknown").replaceChildren(...(unknown.length === 0 ? [] : [
      unknown.length === 1 ? "This model has never seen the word " : "This model has never seen the words ",
      ...unknown.flatMap((word, n) => [n === 0 ? "" : n === unknown.length - 1 ? " and " : ", ", el("mark", { text: word })]),
      ". ", el("button", { type: "button", class: "quiet small", text: "What it knows", click: () => app.showHelp("vocabulary") })]));
    drawMarks();
  }

  /** Marks lie behind the text, on a copy of it. */
  function drawMarks() {
    const text = prompt.value;
    marks.replaceChildren();
    if (!known || known.text !== text) return;
    const { cutAt, unknownWords = [] } = known.answer, end = cutAt ?? text.length, unknown = new Set(unknownWords.map((word) => word.toLowerCase()));
    let at = 0;
    for (const found of text.slice(0, end).matchAll(/[\p{L}\p{N}'-]+/gu)) {
      if (!unknown.has(found[0].toLowerCase())) continue;
      marks.append(text.slice(at, found.index), el("mark", { class: "unknown", text: found[0] }));
      at = found.index + found[0].length;
    }
    marks.append(text.slice(at, end));
    if (end < text.length) marks.append(el("mark", { text: text.slice(end) }));
    marks.append("\n");
    marks.scrollTop = prompt.scrollTop;
  }

  function showIdeas() {
    const vocabulary = app.state.model?.vocabulary;
    const suited = vocabulary ? IDEAS.filter((idea) => idea.split(" ").every((word) => vocabulary.includes(word))) : FREE_IDEAS;
    $("ideas").replaceChildren(...suited.slice(0, SHOWN).map((idea) => el("button", { type: "button", text: idea, click: () => {
      app.set({ prompt: idea });
      $("generate").focus();
    } })));
    $("ideas").hidden = suited.length === 0;
    prompt.placeholder = suited[0] ?? "";
  }

  prompt.addEventListener("scroll", () => { marks.scrollTop = prompt.scrollTop; });
  app.on("settings", (names) => {
    if (names.includes("prompt")) drawMarks();
    if (["prompt", "promptSyntax", "longPrompt", "model"].some((name) => names.includes(name))) count();
  });
  app.on("model", () => {
    showIdeas();
    count();
  });
}

function describe({ tokens, limit, chunks, cutAt }) {
  if (cutAt !== null && cutAt !== undefined) return `${tokens} of ${limit} tokens: the end is too much.`;
  return chunks > 1 ? `${tokens} tokens, read in ${chunks} chunks of ${limit}.` : `${tokens} of ${limit} tokens`;
}

function shorten(text) {
  const trimmed = text.trim();
  return trimmed.length <= 80 ? trimmed : `${trimmed.slice(0, 78)} …`;
}
