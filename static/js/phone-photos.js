/* Photos are made small in the phone: 1600 px, 400 KB. Drawing them anew leaves behind where they were taken. */
(function (root) {
  "use strict";

  const LONGEST = 1600;
  const LARGEST = 400 * 1024;
  const TAKEN = 20 * 1024 * 1024;  // what the server takes at most
  const QUALITIES = [0.85, 0.75, 0.65, 0.55, 0.45];

  function bitmapOf(file) {
    return root.createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => root.createImageBitmap(file));
  }

  function draw(bitmap, longest) {
    const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  const encode = (canvas, quality) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));

  /* an old phone that cannot make it small sends it as it is, and the server does */
  class TooLarge extends Error {}

  function asItIs(file) {
    if (file.size > TAKEN) { throw new TooLarge(); }
    return file;
  }

  async function shrink(file) {
    if (!root.createImageBitmap) { return asItIs(file); }
    const bitmap = await bitmapOf(file);
    for (let longest = LONGEST; ; longest = longest / 2) {
      const canvas = draw(bitmap, longest);
      for (const quality of QUALITIES) {
        const blob = await encode(canvas, quality);
        if (blob && (blob.size <= LARGEST || longest < 200)) { return blob; }
      }
    }
  }

  /* shown by drawing: an address of the phone's own memory is not let onto our pages */
  async function thumb(blob) {
    return draw(await bitmapOf(blob), 144);
  }

  /* ---------- the picker of a form: what was picked, made small, shown, and taken away again ---------- */
  const FULL = "手机存满了，删几张照片再试。";
  const isFull = (error) => error.name === "QuotaExceededError";

  function field(form, changed) {
    const picker = form.querySelector("input[type=file]");
    const thumbs = form.querySelector("[data-thumbs]");
    const wrong = form.querySelector("[data-photo-error]");
    const most = Number(picker.dataset.most);
    const photos = [];
    let taking = Promise.resolve();

    function complain(text) {
      wrong.textContent = text;
      wrong.hidden = !text;
    }

    async function show(photo) {
      const row = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn";
      button.textContent = "删掉这张";
      button.addEventListener("click", () => {
        photos.splice(photos.indexOf(photo), 1);
        row.remove();
        complain("");
        changed().catch(() => {});
      });
      row.appendChild(button);
      thumbs.appendChild(row);
      const picture = await thumb(photo.blob).catch(() => null);
      if (picture) {
        picture.setAttribute("role", "img");
        picture.setAttribute("aria-label", "照片");
        row.insertBefore(picture, button);
      } else {
        row.insertBefore(document.createTextNode(photo.name || "照片"), button);
      }
    }

    function add(photo) {
      photos.push(photo);
      show(photo);
    }

    function whyNot(error) {
      if (isFull(error)) { return FULL; }
      return error instanceof TooLarge ? "照片太大，最多 20 MB。" : "照片打不开，换成 jpg、png 格式的照片。";
    }

    async function takeAll(files) {
      complain("");
      for (const file of files) {
        if (photos.length >= most) { complain("最多 " + most + " 张照片。"); break; }
        try {
          add({ id: root.phoneQueue.newId(), name: file.name, blob: await shrink(file) });
          await changed();
        } catch (error) {
          complain(whyNot(error));
        }
      }
    }

    /* what was picked goes with the form itself, as it would without a script */
    async function intoForm() {
      await taking;
      const carried = new DataTransfer();
      photos.forEach((photo) => carried.items.add(new File([photo.blob], "photo.jpg", { type: photo.blob.type })));
      picker.files = carried.files;
    }

    picker.classList.add("sr");
    form.querySelector("[data-pick]").hidden = false;
    picker.addEventListener("change", () => {
      const files = Array.from(picker.files);
      picker.value = "";
      taking = taking.then(() => takeAll(files)).catch(() => {});
    });
    return { picker, photos, add, intoForm, taken: () => taking };
  }

  root.phonePhotos = { field, FULL };
})(self);
