/* Photos are made small in the phone: 1600 px, 400 KB. Drawing them anew leaves behind where they were taken. */
(function (root) {
  "use strict";

  const LONGEST = 1600;
  const LARGEST = 400 * 1024;
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

  async function shrink(file) {
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

  root.phonePhotos = { shrink, thumb };
})(self);
