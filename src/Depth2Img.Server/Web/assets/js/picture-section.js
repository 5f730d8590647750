// The picture: dropped, pasted, chosen, photographed, or one of the samples.

import { $, clear, el, notice, say } from "./dom.js";
import { PictureError, decodePicture, shrink, toPng } from "./picture.js";

const SAMPLES = [
  { file: "pumpkin.jpg", title: "Pumpkin", about: "photo" },
  { file: "houses.jpg", title: "Houses", about: "rendered" },
  { file: "square.jpg", title: "Square", about: "rendered" },
];

/** Wires up the picture. */
export function mountPicture(app) {
  const notices = $("picture-notices");
  let taken = 0;

  $("sample-row").append(...SAMPLES.map(({ file, title, about }) => el("button", { type: "button", class: "sample", "data-sample": title, click: () => takeSample(file) },
    el("img", { src: `assets/samples/${file}`, alt: "", loading: "lazy", decoding: "async", width: "96", height: "96" }), el("span", {}, title, el("span", { class: "visually-hidden", text: `, ${about}` })))));

  async function takeSample(file) {
    try {
      const answer = await fetch(new URL(`assets/samples/${file}`, document.baseURI));
      if (!answer.ok) throw new PictureError("The sample could not be fetched.");
      await take(new File([await answer.blob()], file, { type: "image/jpeg" }));
    } catch (error) {
      refuse(error instanceof PictureError ? error.message : "The sample could not be fetched: the server does not answer.");
    }
  }

  /**
   * Takes a picture.
   * @param {Blob} file
   * @param {{estimate?: boolean}} options whether its depth is looked for
   * @returns {Promise<boolean>} whether it could be taken
   */
  async function take(file, { estimate = true } = {}) {
    const number = ++taken;
    clear(notices);
    try {
      const { canvas, notice: said } = await decodePicture(file, app.state.catalog?.limits ?? {});
      if (number !== taken) return false;
      use(canvas, file.name ?? "picture.png");
      if (said) notice(notices, { name: "scaled", text: said });
      if (estimate) app.depth.estimate();
      return true;
    } catch (error) {
      if (!(error instanceof PictureError)) throw error;
      if (number === taken) refuse(error.message);
      return false;
    }
  }

  function refuse(text) {
    notice(notices, { name: "refused", kind: "bad", text });
  }

  function use(canvas, name) {
    const first = app.state.picture === null;
    // Settings and results stay; depth belongs to the picture.
    app.state.picture = { canvas, width: canvas.width, height: canvas.height, name, png: null };
    $("main").dataset.stage = "work";
    $("pair").hidden = $("work").hidden = false;
    const shown = $("picture-canvas");
    shown.width = canvas.width;
    shown.height = canvas.height;
    shown.getContext("2d").drawImage(canvas, 0, 0);
    shown.setAttribute("aria-label", `Your picture, ${name}`);
    $("picture-facts").textContent = `${canvas.width} × ${canvas.height}`;
    app.depth.forget();
    app.emit("picture", app.state.picture);
    say("The picture is there. Its depth map is being looked for.");
    if (first) {
      window.scrollTo({ top: 0 });
      // With a mouse and keys words can follow at once; on a phone the keyboard would cover what has just appeared.
      if (matchMedia("(pointer: fine)").matches) $("prompt").focus({ preventScroll: true });
      else $("picture-title").focus({ preventScroll: true });
    }
  }

  function remove() {
    taken++;
    app.state.picture = null;
    app.depth.forget();
    $("main").dataset.stage = "empty";
    $("pair").hidden = $("work").hidden = true;
    clear(notices);
    app.emit("picture", null);
    $("choose-picture").focus();
  }

  for (const id of ["choose-picture", "take-picture"]) {
    const input = $(id), labels = [...document.querySelectorAll(`label[for=${id}]`)];
    input.addEventListener("change", () => {
      if (input.files[0]) app.transfer.takeFile(input.files[0]);
      input.value = "";
    });
    for (const type of ["focus", "blur"]) input.addEventListener(type, () => labels.forEach((label) => label.classList.toggle("has-focus", type === "focus" && input.matches(":focus-visible"))));
  }
  $("remove-picture").addEventListener("click", remove);

  app.picture = {
    take,
    remove,
    refuse,
    /** The picture's PNG file; made once. */
    file: async () => (app.state.picture.png ??= await toPng(app.state.picture.canvas)),
    /** Makes the picture smaller: for servers, and what stands before them, that take less. */
    shrink(scale) {
      const { canvas, name } = app.state.picture, smaller = shrink(canvas, scale), from = `${canvas.width} × ${canvas.height}`;
      use(smaller, name);
      notice(notices, { name: "scaled", text: `Your picture was scaled down from ${from} to ${smaller.width} × ${smaller.height}.` });
      return app.depth.estimate();
    },
  };

  app.addRequestPart(async (fields, files) => {
    if (app.state.picture) files.image = await app.picture.file();
  });
}
