/* Everything here is an addition: each page works without it. Baseline Chromium 86, no build. */
(() => {
  "use strict";

  const doc = document;
  const one = (selector, root) => (root || doc).querySelector(selector);
  const all = (selector, root) => Array.from((root || doc).querySelectorAll(selector));
  const within = (root, selector) => (root.matches(selector) ? root : one(selector, root));
  const isTyping = (el) => el.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
  const on = (type, handler, capture) => doc.addEventListener(type, handler, capture);
  const isShown = (el) => el.getClientRects().length > 0;

  /* ---------- speaking: role=status, the banner ---------- */
  function announce(text) {
    const live = one("#live");
    if (!live) { return; }
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 50);
  }

  function banner(text) {
    const box = one("#banner");
    if (!box) { return; }
    one("[data-banner-text]", box).textContent = text;
    box.hidden = !text;
  }

  const OFFLINE = "连不上中心服务器。写的内容都还在，连上后再点一次。";

  function whom() {
    const box = one("#banner");
    const phone = box && box.getAttribute("data-phone");
    return phone ? "打 " + phone : "找本单位管理员";
  }

  /* ---------- one submit at a time: a flag on the form, because keys pass by a disabled button ---------- */
  function submitButton(form) {
    const buttons = Array.from(form.elements).filter((el) => el.type === "submit" && !el.disabled && isShown(el));
    return buttons.find((el) => el.matches(".btn--primary, .btn--danger")) || buttons[0];
  }

  function busy(form, button) {
    form.dataset.busyNow = "";
    if (!button || form.method === "get") { return; }
    button.style.minWidth = button.offsetWidth + "px";
    button.words = button.innerHTML;
    button.textContent = button.dataset.busy || form.dataset.busy || "正在提交…";
    button.classList.add("is-busy");
    button.setAttribute("aria-disabled", "true");
    form.busyButton = button;
    form.busyTimer = setTimeout(banner, 10000, "网络慢，还在继续，不用再点；内容都在。");
  }

  function free(form) {
    if (!form || !form.hasAttribute("data-busy-now")) { return; }
    const button = form.busyButton;
    form.removeAttribute("data-busy-now");
    clearTimeout(form.busyTimer);
    if (!button) { return; }
    button.innerHTML = button.words;
    button.classList.remove("is-busy");
    button.removeAttribute("aria-disabled");
    button.style.minWidth = "";
    form.busyButton = null;
  }

  on("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("method") === "dialog") { return; }
    const again = form.hasAttribute("data-busy-now");
    if (again || navigator.onLine === false) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!again) { banner(OFFLINE); }
      return;
    }
    busy(form, event.submitter || submitButton(form));
    if (form.target === "_blank" || form.hasAttribute("data-download")) {
      setTimeout(free, 3000, form);
    }
  }, true);

  window.addEventListener("pageshow", () => { all("form[data-busy-now]").forEach(free); });

  /* ---------- scanner gun: a burst of digits and Enter, read by key position, never by character ---------- */
  const scan = { digits: "", last: 0, field: null, value: "" };

  function isScan(event) {
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
    const quick = event.timeStamp - scan.last < 30;
    if (digit && !event.ctrlKey && !event.altKey && !event.metaKey) {
      if (!quick || !scan.digits) {
        const field = doc.activeElement;
        scan.digits = "";
        scan.field = field && isTyping(field) ? field : null;
        scan.value = scan.field ? scan.field.value : "";
      }
      scan.digits += digit[1];
      scan.last = event.timeStamp;
      return false;
    }
    const done = /Enter$/.test(event.code) && quick && scan.digits.length >= 8;
    if (!done) { scan.digits = ""; }
    return done;
  }

  function openScanned() {
    const number = scan.digits;
    scan.digits = "";
    if (scan.field) {
      if (doc.activeElement === scan.field) { scan.field.blur(); }
      scan.field.value = scan.value;
      scan.field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    announce("正在打开 " + number);
    location.assign("/cases/" + number + "/");
  }

  /* ---------- keys ---------- */
  function mainForm() {
    const near = doc.activeElement && doc.activeElement.closest("main form");
    if (near && near.method === "post") { return near; }
    const posts = all("main form[method=post]");
    return one("main form[data-main]") || (posts.length === 1 ? posts[0] : null);
  }

  function submitMain() {
    const form = mainForm();
    if (!form || form.hasAttribute("data-busy-now")) { return; }
    const button = submitButton(form);
    if (button) { form.requestSubmit(button); } else { form.requestSubmit(); }
  }

  /* the stops of a form: one per field, one per group of chips */
  function stops(form) {
    return all("input, select, textarea, .chips", form).filter((el) => {
      if (el.classList.contains("chips")) { return isShown(el); }
      return isTyping(el) && el.type !== "hidden" && el.tabIndex >= 0 && !el.disabled && !el.readOnly && isShown(el);
    });
  }

  /* a field and its 「更多…」 or 「没带证件」: one of the two is enough */
  function isSettledElsewhere(stop) {
    const name = stop.dataset.otherOf || stop.dataset.oneOf;
    const form = name && stop.closest("form");
    return Boolean(form) && all('[name="' + name + '"]', form).some((el) => (el.type === "radio" ? el.checked : el.value.trim()));
  }

  function isEmpty(stop) {
    if (isSettledElsewhere(stop)) { return false; }
    return stop.classList.contains("chips") ? !one("input:checked", stop) : !stop.value.trim();
  }

  function goOn(form, from) {
    const here = from.closest(".chips") || from;
    const after = (el) => here.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING;
    const next = stops(form).find((el) => after(el) && isEmpty(el));
    const target = next ? within(next, "input:not(:disabled), select, textarea") : submitButton(form);
    if (target) { target.focus(); }
  }

  function pickChip(group, digit) {
    const inputs = all("input", group);
    const input = inputs[group.classList.contains("chips--zero") ? digit : digit - 1];
    if (!input || input.disabled) { return; }
    input.focus();
    input.click();
    const form = group.closest("form[data-enter-next]");
    if (form && (input.type === "radio" || input.value === "none")) { goOn(form, input); }
  }

  function moveRow(list, step) {
    const rows = all("tbody tr, li, [data-jk-item]", list);
    const now = rows.findIndex((row) => row.contains(doc.activeElement));
    const row = rows[Math.max(0, Math.min(rows.length - 1, now + step))];
    const target = row && within(row, "a[href], button");
    if (target) { target.focus(); }
  }

  function openKeys() {
    const box = one("#keys");
    if (!box || box.hasAttribute("open")) { return; }
    if (box.showModal) { box.showModal(); } else { box.setAttribute("open", ""); box.classList.add("dialog--plain"); }
  }

  function closePanels() {
    all("details[data-panel][open]").forEach((el) => {
      const inside = el.contains(doc.activeElement);
      el.open = false;
      if (inside) { one("summary", el).focus(); }
    });
    all(".dialog--plain[open]").forEach((el) => el.removeAttribute("open"));
  }

  let chipTimer = 0;

  on("keydown", (event) => {
    const el = event.target instanceof Element ? event.target : doc.body;
    if (isScan(event)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      openScanned();
      return;
    }
    if (scan.digits.length > 1) { clearTimeout(chipTimer); }
    if (event.isComposing || event.keyCode === 229 || event.altKey || event.metaKey) { return; }

    const name = (event.ctrlKey ? "Ctrl+" : "") + (event.key.length === 1 ? event.key.toUpperCase() : event.key);
    if (name === "F9" || name === "Ctrl+Enter") {
      event.preventDefault();
      if (!event.repeat) { submitMain(); }
      return;
    }
    if (name === "F4") {
      const search = one("#search");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
      return;
    }
    if (name === "Ctrl+B" && one("[data-private]")) {
      event.preventDefault();
      maskPrivate();
      return;
    }
    if (/^(F[28]|Ctrl\+S)$/.test(name)) {
      const keyed = one('[data-key="' + name + '"]:not(:disabled)');
      if (keyed) { event.preventDefault(); keyed.click(); }
      return;
    }
    if (name === "Escape") { closePanels(); return; }
    if (event.ctrlKey) { return; }

    const chips = el.closest(".chips");
    if (chips && /^[0-9]$/.test(event.key)) {
      clearTimeout(chipTimer);
      chipTimer = setTimeout(pickChip, 40, chips, Number(event.key));
      return;
    }
    const form = el.closest("form[data-enter-next]");
    if (name === "Enter" && form && el.matches("input, select")) {
      event.preventDefault();
      goOn(form, el);
      return;
    }
    if (isTyping(el)) { return; }
    if (event.key === "?") { openKeys(); return; }
    const list = el.closest("[data-jk]");
    if (list && (name === "J" || name === "K")) {
      event.preventDefault();
      moveRow(list, name === "J" ? 1 : -1);
    }
  }, true);

  /* ---------- clicks ---------- */
  function maskPrivate() {
    const masked = doc.body.classList.toggle("is-masked");
    all("[data-mask]").forEach((el) => { el.setAttribute("aria-pressed", String(masked)); });
    announce(masked ? "右侧已遮住" : "右侧已显示");
  }

  function copied(button) {
    const words = button.words || button.textContent;
    button.words = words;
    button.textContent = "已复制";
    announce("已复制");
    setTimeout(() => { button.textContent = words; }, 2000);
  }

  function copyByCommand(text) {
    const area = doc.createElement("textarea");
    const before = doc.activeElement;
    area.value = text;
    area.className = "sr";
    doc.body.appendChild(area);
    area.select();
    const ok = doc.execCommand("copy");
    area.remove();
    if (before) { before.focus(); }
    return ok;
  }

  function copy(button) {
    const source = button.dataset.copyFrom && one(button.dataset.copyFrom);
    const text = source ? (source.value || source.textContent).trim() : button.dataset.copy;
    const done = () => copied(button);
    const byHand = () => (copyByCommand(text) ? done() : announce("没有复制成，选中后按 Ctrl+C"));
    if (navigator.clipboard) { navigator.clipboard.writeText(text).then(done, byHand); } else { byHand(); }
  }

  on("click", (event) => {
    const el = event.target;
    if (!(el instanceof Element)) { return; }
    all("details[data-panel][open]").forEach((panel) => { if (!panel.contains(el)) { panel.open = false; } });
    const button = el.closest("[data-copy], [data-copy-from]");
    if (button) { copy(button); return; }
    if (el.closest("[data-print]")) { window.print(); }
    if (el.closest("[data-mask]")) { maskPrivate(); }
    if (el.closest("[data-keys]")) { openKeys(); }
    if (el.closest("[data-banner-close]")) { banner(""); }
    const link = el.closest(".errors a[href^='#']");
    const target = link && doc.getElementById(link.getAttribute("href").slice(1));
    if (target) {
      event.preventDefault();
      (within(target, "input, select, textarea") || target).focus();
      target.scrollIntoView({ block: "center" });
    }
  });

  on("change", (event) => {
    const el = event.target;
    if (!(el instanceof Element)) { return; }
    const every = el.getAttribute("data-check-all");
    if (every) {
      all('input[type=checkbox][name="' + every + '"]', el.form || doc).forEach((box) => { box.checked = el.checked; });
    }
    /* a chip and 「更多…」 exclude each other */
    const chips = el.matches("select[data-other-of]") && el.value
      && all('input[type=radio][name="' + el.dataset.otherOf + '"]', el.form);
    if (chips) { chips.forEach((radio) => { radio.checked = false; }); }
    const oneOf = el.type === "radio" && el.closest("[data-one-of]");
    const other = oneOf && el.form && el.form.elements[oneOf.dataset.oneOf];
    if (other) { other.value = ""; }
    /* 「都没有」 and the others exclude each other */
    const group = el.type === "checkbox" && el.checked && el.closest(".chips--zero");
    if (group) {
      all("input", group).forEach((box) => {
        if (box !== el && (el.value === "none" || box.value === "none")) { box.checked = false; }
      });
    }
  });

  /* ---------- htmx ---------- */
  let failures = 0;
  let skip = 0;
  const isPoll = (event) => event.detail.elt && event.detail.elt.hasAttribute("data-poll");

  on("htmx:beforeRequest", (event) => {
    const detail = event.detail;
    detail.xhr.hadFocus = [detail.elt, detail.target].some((el) => el && el.contains(doc.activeElement));
    if (isPoll(event) && (doc.hidden || skip > 0)) { event.preventDefault(); skip = Math.max(0, skip - 1); }
  });
  on("htmx:afterRequest", (event) => {
    const elt = event.detail.elt;
    if (isPoll(event)) {
      failures = event.detail.successful ? 0 : failures + 1;
      skip = failures ? Math.min(4, Math.pow(2, failures - 1)) : 0;
      return;
    }
    if (!event.detail.xhr.getResponseHeader("HX-Redirect")) { free(elt.closest("form")); }
    if (event.detail.successful) { banner(""); }
  });
  on("htmx:validation:halted", (event) => { free(event.target.closest("form")); });

  on("htmx:responseError", (event) => {
    const xhr = event.detail.xhr;
    if (xhr.status === 401) { toLogin(); return; }
    if (isPoll(event)) { return; }
    if (xhr.status === 404) { banner("没找到，可能刚被别人改过。刷新这一页再看。"); return; }
    if (xhr.status === 429) { banner("点得太快，等一分钟再试。内容都还在。"); return; }
    const code = xhr.getResponseHeader("X-Error-Code");
    banner("没有办成，内容都还在。再点一次；还不行" + whom() + (code ? "，告诉他编号 " + code : "") + "。");
  });
  on("htmx:sendError", (event) => { if (!isPoll(event)) { banner(OFFLINE); } });
  on("htmx:timeout", (event) => {
    if (!isPoll(event)) { banner("网络慢，没等到回音。内容都还在，再点一次；还不行" + whom() + "。"); }
  });
  window.addEventListener("offline", () => { banner(OFFLINE); });
  window.addEventListener("online", () => { banner(""); announce("已连上中心服务器"); });

  let leaving = false;
  function toLogin() {
    if (leaving) { return; }
    leaving = true;
    location.assign("/login/?next=" + encodeURIComponent(location.pathname + location.search));
  }
  on("relogin", toLogin);
  on("announce", (event) => { announce(event.detail.value || ""); });

  function focusOn(el) {
    if (!el.matches("a[href], button, input, select, textarea, summary, [tabindex]")) { el.setAttribute("tabindex", "-1"); }
    el.focus();
  }

  function markTitle() {
    const prefix = "有错：";
    doc.title = (one("[data-errors]") ? prefix : "") + doc.title.replace(prefix, "");
  }

  on("htmx:afterSettle", (event) => {
    const fresh = event.detail.elt;
    if (!(fresh instanceof Element) || !fresh.isConnected) { return; }
    const cause = event.detail.requestConfig && event.detail.requestConfig.elt;
    const status = within(fresh, "[data-status]");
    if (status) { announce(status.textContent.trim()); }
    markTitle();
    if (cause && cause.dataset.poll === "") { return; }
    const wanted = within(fresh, "[data-focus]");
    const lost = event.detail.xhr.hadFocus && doc.activeElement === doc.body;
    if (wanted) { focusOn(wanted); } else if (lost) { focusOn(within(fresh, "h1, h2, h3") || fresh); }
  });

  /* ---------- when the page opens ---------- */
  markTitle();
  const first = one("[data-errors]") || one("main [data-focus]");
  if (first) { focusOn(first); }
  if (doc.body.hasAttribute("data-print-now")) { window.print(); }
})();

/* ---------- 分流台: the queue drives the case beside it; and who is still at the keyboard ---------- */
(() => {
  "use strict";

  const doc = document;
  const one = (selector, root) => (root || doc).querySelector(selector);
  const all = (selector, root) => Array.from((root || doc).querySelectorAll(selector));

  /* J and K move the focus (above); here the case that has it is opened beside the list */
  let opening = 0;
  doc.addEventListener("focusin", (event) => {
    const item = event.target instanceof Element && event.target.closest(".desk__item");
    clearTimeout(opening);
    if (item && !item.hasAttribute("aria-current") && item.matches(":focus-visible")) {
      opening = setTimeout(() => { item.click(); }, 200);
    }
  });
  doc.addEventListener("htmx:afterSettle", () => {
    const open = one("#desk-pane [data-number]");
    if (!open) { return; }
    all(".desk__item").forEach((item) => {
      if (item.dataset.number === open.dataset.number) { item.setAttribute("aria-current", "true"); } else { item.removeAttribute("aria-current"); }
    });
  });

  doc.addEventListener("keydown", (event) => {
    const el = event.target instanceof Element ? event.target : doc.body;
    const list = el.closest(".desk__list");
    if (!list || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) { return; }
    if (/^[1-3]$/.test(event.key)) {
      const choice = all("[data-suggestions] input")[Number(event.key) - 1];
      if (choice) { choice.checked = true; }
      return;
    }
    const form = one("#desk-form");
    if (event.key === "Enter" && form && el.closest("[aria-current]") && !form.hasAttribute("data-busy-now")) {
      event.preventDefault();
      if (!event.repeat) { form.requestSubmit(one("button[type=submit]", form)); }
    }
  });

  /* the picker: names and initials narrow the units */
  doc.addEventListener("input", (event) => {
    const box = event.target;
    if (!(box instanceof Element) || !box.hasAttribute("data-find-in")) { return; }
    const text = box.value.trim().toLowerCase();
    const within = box.closest("details");
    all(".unit", within).forEach((unit) => { unit.hidden = !unit.dataset.find.toLowerCase().includes(text); });
    all(".units__group", within).forEach((group) => { group.hidden = !one(".unit:not([hidden])", group); });
  });
  doc.addEventListener("keydown", (event) => {
    const box = event.target;
    if (event.key === "Enter" && box instanceof Element && box.hasAttribute("data-find-in")) {
      event.preventDefault();
      event.stopPropagation();
      const first = one(".unit:not([hidden]) input", box.closest("details"));
      if (first) { first.click(); first.focus(); }
    }
  }, true);

  /* the poll of the menu says whether anybody has touched key or mouse since the last one */
  let active = false;
  ["keydown", "pointerdown", "pointermove", "wheel"].forEach((type) => {
    doc.addEventListener(type, () => { active = true; }, { passive: true });
  });
  doc.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt && event.detail.elt.hasAttribute("data-poll") && active) {
      event.detail.headers["X-Active"] = "1";
      active = false;
    }
  });
  doc.addEventListener("expiring", (event) => {
    const box = one("#banner");
    if (!box) { return; }
    one("[data-banner-text]", box).textContent = "还有 " + event.detail.value + " 分钟自动退出，写的内容先保存。点“知道了”继续用。";
    box.hidden = false;
  });
  doc.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) { return; }
    if (event.target.closest("[data-banner-close]")) {
      const nav = one("[data-poll]");
      if (nav && window.htmx) { active = true; window.htmx.trigger(nav, "stay"); }
    }
    if (event.target.closest('a[href="#search"]')) {
      const search = one("#search");
      if (search) { event.preventDefault(); search.focus(); }
    }
  });
})();
