/* 转录: inside the list of fields a digit presses the button that bears it. */
(() => {
  "use strict";

  const panel = document.querySelector("[data-copy-keys]");
  if (!panel) { return; }
  panel.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !/^[1-9]$/.test(event.key)) { return; }
    const field = panel.querySelector("#copy-" + event.key);
    const button = field && field.nextElementSibling.querySelector("[data-copy]");
    if (button && !event.target.matches("textarea, input")) { event.preventDefault(); button.click(); }
  });
})();
