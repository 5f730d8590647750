// The result: seen beside what it was made from, taken away, or made into the next one.

import { $, ask, clear, download, duration, el, notice, toast } from "./dom.js";
import { estimatorName } from "./depth-section.js";

/** Wires up the result. */
export function mountResult(app) {
  const state = app.state, box = $("compare"), notices = $("result-notices");
  let mode = "slider", at = 50, shown = null, preview = null;

  // --- ways to compare

  function picture(url, alt, classes = "") {
    return el("img", { src: url, alt, class: classes, decoding: "async", draggable: "false" });
  }

  function tag(text, side) {
    return el("span", { class: `tag ${side}`, text, "aria-hidden": "true" });
  }

  const WAYS = {
    slider({ image, original }) {
      const above = picture(original, "The picture that it was made from.", "above");
      const wipe = el("input", { type: "range", class: "wipe", min: "0", max: "100", step: "1", value: String(at), "aria-label": "Compare: original on the left, result on the right" });
      const frame = el("div", { class: "frame" }, picture(image, describe()), above, tag("Original", "left"), tag("Result", "right"), wipe, el("div", { class: "handle", "aria-hidden": "true" }));
      const move = () => {
        at = Number(wipe.value);
        frame.style.setProperty("--at", `${at}%`);
        above.style.clipPath = `inset(0 ${100 - at}% 0 0)`;
        wipe.setAttribute("aria-valuetext", `${at} % original, ${100 - at} % result`);
      };
      wipe.addEventListener("input", move);
      move();
      return [frame];
    },
    side: ({ image, original }) => [el("div", { class: "beside" },
      el("figure", {}, picture(original, "The picture that it was made from."), tag("Original", "left")),
      el("figure", {}, picture(image, describe()), tag("Result", "left")))],
    hold({ image, original }) {
      const above = picture(original, "The picture that it was made from.", "above"), label = tag("Result", "left");
      above.hidden = true;
      const button = el("button", { type: "button", class: "hold", "aria-pressed": "false", "aria-label": "Hold to see the original" });
      const hold = (on) => {
        above.hidden = !on;
        label.textContent = on ? "Original" : "Result";
        button.setAttribute("aria-pressed", String(on));
      };
      button.addEventListener("pointerdown", (event) => {
        button.setPointerCapture(event.pointerId);
        hold(true);
      });
      for (const type of ["pointerup", "pointercancel", "blur", "keyup"]) button.addEventListener(type, () => hold(false));
      button.addEventListener("keydown", (event) => {
        if (event.key !== " " && event.key !== "Enter") return;
        event.preventDefault();
        hold(true);
      });
      button.addEventListener("contextmenu", (event) => event.preventDefault());
      return [el("div", { class: "frame" }, picture(image, describe()), above, label, button), el("p", { class: "bottom", text: "Press and hold the picture to see the original." })];
    },
    depth({ image, depth }) {
      const above = picture(image, describe(), "above");
      const opacity = el("input", { type: "range", id: "compare-opacity", min: "0", max: "100", step: "1", value: "50" });
      const show = () => {
        above.style.opacity = String(opacity.value / 100);
        opacity.setAttribute("aria-valuetext", `${opacity.value} % result`);
      };
      opacity.addEventListener("input", show);
      show();
      return [el("div", { class: "frame" }, picture(depth, "The depth map that it followed."), above), el("div", { class: "bottom" }, el("label", { for: "compare-opacity", text: "Depth" }), opacity, el("span", { text: "Result", "aria-hidden": "true" }))];
    },
    alone: ({ image }) => [el("div", { class: "frame" }, picture(image, describe()))],
  };

  function describe() {
    const prompt = state.result?.job.request?.prompt;
    return prompt ? `Result: ${prompt}` : "Result";
  }

  function draw() {
    box.dataset.mode = mode;
    box.replaceChildren(...WAYS[mode](state.result));
  }

  for (const radio of document.querySelectorAll("input[name=compare]")) {
    radio.addEventListener("change", () => {
      mode = radio.value;
      if (state.result) draw();
    });
  }

  function nextMode() {
    const radios = [...document.querySelectorAll("input[name=compare]")], next = radios[(radios.findIndex((radio) => radio.checked) + 1) % radios.length];
    next.checked = true;
    next.dispatchEvent(new Event("change"));
  }

  // --- what is shown

  async function show(job, index = 0) {
    const number = shown = Symbol("shown");
    const { images, depth, settings, warnings = [] } = job.result, chosen = images[index];
    const [image, original, depthUrl] = await Promise.all([app.api.image(chosen.url), app.api.image(`api/v1/jobs/${job.id}/inputs/image`), depth ? app.api.image(depth.url) : null]);
    if (number !== shown) return;
    preview = null;
    state.result = { job, index, image, original, depth: depthUrl, settings };
    $("result").hidden = false;
    $("compare-row").hidden = $("result-tools").hidden = false;
    draw();
    const extension = chosen.contentType === "image/jpeg" ? "jpg" : "png", name = `depth2img-${(settings?.seed ?? 0) + index}.${extension}`;
    for (const [id, path] of [["download", chosen.url], ["download-plain", `${chosen.url}?metadata=false`]]) {
      $(id).href = app.api.resolve(path);
      $(id).download = name;
    }
    $("download-plain").hidden = job.request?.metadata === false;
    clear(notices);
    for (const [n, warning] of warnings.entries()) notice(notices, { name: `warning-${n}`, kind: "wait", text: warning });
    $("result-facts").textContent = facts(job, index);
    $("result-picks").hidden = images.length < 2;
    $("result-picks").replaceChildren(...(images.length < 2 ? [] : images.map((_, n) => el("label", {},
      el("input", { type: "radio", name: "pick", value: String(n), ...(n === index ? { checked: true } : {}), change: () => show(job, n) }), el("span", { text: String(n + 1), "aria-label": `Picture ${n + 1} of ${images.length}` })))));
    app.emit("result", state.result);
  }

  function facts(job, index) {
    const { settings, seconds, images } = job.result;
    if (!settings) return "";
    return [
      `Seed ${settings.seed}${images.length > 1 ? `, picture ${index + 1} of ${images.length}` : ""}`, `${Math.min(settings.steps, Math.max(settings.strength === 0 ? 0 : 1, Math.floor(settings.steps * settings.strength + 1e-9)))} of ${settings.steps} steps`, `strength ${settings.strength}`,
      `guidance ${settings.guidance}`, settings.scheduler, `depth ${settings.depthModel === "given" ? "supplied" : `by ${estimatorName(settings.depthModel)}`}`, `worked at ${settings.workingSize}`, seconds ? `made in ${duration(seconds)}` : "",
    ].filter(Boolean).join(" · ");
  }

  function hide() {
    shown = null;
    state.result = null;
    preview = null;
    $("result").hidden = true;
    box.replaceChildren();
    clear(notices);
    app.emit("result", null);
  }

  /** The old result must not be taken for the new one: while a picture is made, it is seen growing. */
  function grow(url) {
    $("result").hidden = false;
    $("compare-row").hidden = $("result-tools").hidden = true;
    $("result-facts").textContent = "";
    clear(notices);
    if (!preview) {
      shown = null;
      preview = el("img", { class: "above growing", alt: "Your picture in the making", hidden: true });
      const below = el("canvas", { class: "below", "aria-hidden": "true" });
      const source = state.picture?.canvas;
      below.width = source?.width ?? 512;
      below.height = source?.height ?? 512;
      if (source) {
        const pen = below.getContext("2d");
        pen.filter = "grayscale(1) blur(6px) opacity(.45)";
        pen.drawImage(source, 0, 0);
      }
      box.dataset.mode = "growing";
      box.replaceChildren(el("div", { class: "frame" }, below, preview, tag("In the making", "left")));
    }
    if (url) {
      preview.src = url;
      preview.hidden = false;
    }
  }

  app.on("started", (job) => {
    if (job.kind !== "generate") return;
    preview = null;
    grow(null);
    if (box.getBoundingClientRect().top > innerHeight * 0.75) $("result").scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth", block: "start" });
  });
  app.on("preview", ({ url }) => grow(url));
  app.on("stopped", () => {
    if (!preview) return;
    preview = null;
    if (state.result) show(state.result.job, state.result.index);
    else hide();
  });
  app.on("finished", (job) => {
    if (job.state === "done" && (job.kind ?? "generate") === "generate") show(job).catch((error) => app.showErrors(error));
  });
  app.on("job-deleted", (id) => {
    if (state.result && (id === null || state.result.job.id === id)) hide();
  });

  // --- what is done with it

  for (const id of ["download", "download-plain"]) {
    $(id).addEventListener("click", async (event) => {
      // A link cannot show a key.
      if (!app.api.key) return;
      event.preventDefault();
      const { job, index } = state.result;
      try {
        download(await app.api.blob(`${job.result.images[index].url}${id === "download" ? "" : "?metadata=false"}`), $(id).download);
      } catch (error) {
        app.showErrors(error);
      }
    });
  }

  $("use-as-input").addEventListener("click", async () => {
    const { job, index } = state.result;
    try {
      const blob = await app.api.blob(job.result.images[index].url);
      if (await app.picture.take(new File([blob], "result.png", { type: blob.type }))) {
        toast("The result is your picture now.");
        $("picture-title").scrollIntoView();
      }
    } catch (error) {
      app.showErrors(error);
    }
  });

  $("vary").addEventListener("click", async () => {
    const { job } = state.result;
    try {
      // From what it was made of, whatever was done on the page since.
      if (app.history.current !== job.id) await app.history.restore(job, { show: false });
      app.set({ seed: (job.request.seed ?? 0) + job.result.images.length, seedRandom: false });
      await app.jobs.generate();
    } catch (error) {
      app.showErrors(error);
    }
  });

  $("copy-settings").addEventListener("click", async () => {
    const text = JSON.stringify(state.result.job.request, null, 2);
    if (await copy(text)) toast("The settings are on the clipboard. Paste them on this page to have them back.");
    else notice(notices, { name: "copy", kind: "wait", text: "The browser does not let this page copy. The settings are in the downloaded picture too." });
  });

  $("delete-result").addEventListener("click", () => app.history.remove(state.result.job));

  app.result = { show, hide, nextMode };
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Pages that are not secure have no clipboard, and must do it as it was done before.
    const area = el("textarea", { class: "visually-hidden", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
