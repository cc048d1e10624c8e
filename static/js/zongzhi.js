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
    form.busyTimers = [
      setTimeout(banner, 2000, "网络慢，正在继续，不用再点；写的内容都在。"),
      setTimeout(banner, 10000, "等了 10 秒还没有回音，还在继续。写的内容都在；一直不动" + whom() + "。"),
    ];
  }

  function free(form) {
    if (!form || !form.hasAttribute("data-busy-now")) { return; }
    const button = form.busyButton;
    form.removeAttribute("data-busy-now");
    (form.busyTimers || []).forEach(clearTimeout);
    if (!button) { return; }
    button.innerHTML = button.words;
    button.classList.remove("is-busy");
    button.removeAttribute("aria-disabled");
    button.style.minWidth = "";
    form.busyButton = null;
  }

  const isHtmx = (form) => form.matches("[hx-post], [hx-get]");

  /* a page that would be left: first see that somebody is still signed in and the centre answers */
  const needsAsking = (form) => doc.body.dataset.account && form.method === "post" && !isHtmx(form)
    && form.target !== "_blank" && !form.hasAttribute("data-download") && !form.hasAttribute("data-unguarded");

  on("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("method") === "dialog") { return; }
    const stop = () => { event.preventDefault(); event.stopImmediatePropagation(); };
    if (form.asked) { form.asked = false; return; }
    if (form.hasAttribute("data-busy-now")) { stop(); return; }
    if (navigator.onLine === false) { stop(); banner(OFFLINE); return; }
    const button = event.submitter || submitButton(form);
    form.lastButton = button;
    busy(form, button);
    if (needsAsking(form)) {
      stop();
      askFirst(form, () => { form.asked = true; form.requestSubmit(button); });
    } else if (form.target === "_blank" || form.hasAttribute("data-download")) {
      setTimeout(free, 3000, form);
    }
  }, true);

  function askFirst(form, go) {
    const again = () => { busy(form, form.lastButton); go(); };
    askSession().then((state) => {
      if (state === "here") { go(); return; }
      free(form);
      if (state === "gone") { comeBack(again); } else { banner(state); }
    });
  }

  window.addEventListener("pageshow", () => { all("form[data-busy-now]").forEach(free); });

  /* ---------- scanner gun: a burst of digits and Enter, read by key position, never by character ---------- */
  const scan = { digits: "", last: 0, field: null, value: "" };
  const IS_NUMBER = /^\d{16}$/;  /* of a case; 17 digits and one more come from a reader that types */
  const IS_CARD = /^\d{17}[\dX]$/;

  function isScan(event) {
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code) || (scan.digits.length === 17 && /^Key(X)$/.exec(event.code));
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
    if (IS_NUMBER.test(number)) {
      announce("正在打开 " + number);
      location.assign("/cases/" + number + "/");
      return;
    }
    const card = IS_CARD.test(number) && new CustomEvent("card", { detail: { value: number }, cancelable: true });
    if (!card || doc.dispatchEvent(card)) { banner("这不是本中心的回执码：" + number.slice(0, 20)); }
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
    const after = (el) => form.contains(here) && here.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING;
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
    const form = input.form && input.form.matches("[data-enter-next]") ? input.form : null;
    if (form && (input.type === "radio" || input.value === "none")) { goOn(form, input); }
  }

  function moveRow(list, step) {
    const rows = all("tbody tr, li, [data-jk-item]", list);
    const now = rows.findIndex((row) => row.contains(doc.activeElement));
    const row = rows[Math.max(0, Math.min(rows.length - 1, now + step))];
    const target = row && within(row, "a[href], button");
    if (target) { target.focus(); }
  }

  /* single letters and digits can be switched off on this computer (WCAG 2.1.4) */
  const SINGLE_KEYS = "single-keys";

  function singleKeys() {
    try { return localStorage.getItem(SINGLE_KEYS) !== "off"; } catch (error) { return true; }
  }

  function sayKeys(button) {
    const isOn = singleKeys();
    button.hidden = false;
    button.setAttribute("aria-pressed", String(isOn));
    button.textContent = "单个字母和数字的快捷键：" + (isOn ? "开，点一下关掉" : "关，点一下打开");
  }

  function switchKeys(button) {
    try { localStorage.setItem(SINGLE_KEYS, singleKeys() ? "off" : "on"); } catch (error) { return; }
    sayKeys(button);
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
    if (list && singleKeys() && (name === "J" || name === "K")) {
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
    if (el.closest("[data-single-keys]")) { switchKeys(el.closest("[data-single-keys]")); }
    const opener = el.closest("[data-open]");
    if (opener && one(opener.dataset.open)) { show(one(opener.dataset.open)); }
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

  /* ---------- htmx: the contract of every request, in one place ---------- */
  const isPoll = (elt) => Boolean(elt) && elt.hasAttribute("data-poll");
  const SLOWEST = 5;  /* minutes between two polls that keep failing */

  on("htmx:configRequest", (event) => {
    if (isPoll(event.detail.elt)) { event.detail.headers["X-Poll"] = "1"; }
  });
  on("htmx:beforeRequest", (event) => {
    const detail = event.detail;
    const elt = detail.elt;
    detail.xhr.hadFocus = [elt, detail.target].some((el) => el && el.contains(doc.activeElement));
    if (!isPoll(elt)) { detail.xhr.slow = watchSlow(); return; }
    if (doc.hidden || (elt.pollAgain || 0) > Date.now()) { event.preventDefault(); }
  });
  on("htmx:afterRequest", (event) => {
    const elt = event.detail.elt;
    const xhr = event.detail.xhr;
    if (isPoll(elt)) {
      elt.failures = event.detail.successful ? 0 : (elt.failures || 0) + 1;
      elt.pollAgain = elt.failures ? Date.now() + Math.min(SLOWEST, Math.pow(2, elt.failures - 1)) * 60000 - 5000 : 0;
      return;
    }
    if (xhr.slow) { xhr.slow(); }
    if (!xhr.getResponseHeader("HX-Redirect")) { free(elt.closest("form")); }
    if (event.detail.successful) { banner(""); }
  });
  on("htmx:validation:halted", (event) => { free(event.target.closest("form")); });

  /* nothing below 0.3 s, then a thin bar, words after 2 s and 10 s; a form has its own words */
  function watchSlow() {
    const bar = setTimeout(() => { doc.body.classList.add("is-loading"); }, 300);
    const words = [
      setTimeout(announce, 2000, "网络慢，正在继续"),
      setTimeout(banner, 10000, "等了 10 秒还没有回音，还在继续。写的内容都在；一直不动" + whom() + "。"),
    ];
    return () => {
      [bar, ...words].forEach(clearTimeout);
      doc.body.classList.remove("is-loading");
    };
  }

  on("htmx:responseError", (event) => {
    const xhr = event.detail.xhr;
    if (xhr.status === 401) { signedOut(event.detail); return; }
    if (isPoll(event.detail.elt)) { return; }
    banner(sentenceFor(xhr));
  });
  on("htmx:sendError", (event) => { if (!isPoll(event.detail.elt)) { banner(OFFLINE); } });
  on("htmx:timeout", (event) => {
    if (!isPoll(event.detail.elt)) { banner("网络慢，没等到回音。内容都还在，再点一次；还不行" + whom() + "。"); }
  });

  function sentenceFor(xhr) {
    if (xhr.status === 404) { return "没找到，可能刚被别人改过。刷新这一页再看。"; }
    if (xhr.status === 413) { return "文件太大，没有传上去。换小一点的再传；写的内容都还在。"; }
    if (xhr.status === 429) { return "点得太快，等一分钟再试。内容都还在。"; }
    const code = xhr.getResponseHeader("X-Error-Code");
    return "没有办成，内容都还在。再点一次；还不行" + whom() + (code ? "，告诉他编号 " + code : "") + "。";
  }

  window.addEventListener("offline", () => { banner(OFFLINE); });
  window.addEventListener("online", () => { banner(""); announce("已连上中心服务器"); });
  on("announce", (event) => { announce(event.detail.value || ""); });
  on("visibilitychange", () => {
    if (!doc.hidden) { all("[data-poll]").forEach((el) => { if (window.htmx) { window.htmx.trigger(el, "fresh"); } }); }
  });

  /* ---------- the session: kept by keys and mouse, warned of before, taken up again after ---------- */
  const PING_EVERY = 120000;
  const WARN_BEFORE = 300000;
  const SESSION = "/session/";
  const whose = doc.body.dataset.account || "";
  let until = Date.now() + 29 * 60000;  /* each page begins the half hour anew, up to a minute */
  let active = false;
  const waiting = [];

  function header(name) { return JSON.parse(doc.body.getAttribute("hx-headers"))[name]; }

  function patchToken(token) {
    all("input[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token; });
    doc.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token, "X-Account": whose }));
  }

  /* the panel may be older than the last sign-in beside it; the page itself gets no token of another's */
  function gone(told) {
    all("#relogin input[name=csrfmiddlewaretoken]").forEach((field) => { field.value = told.token; });
    return "gone";
  }

  /* "here", "gone", or the sentence that says why nobody knows */
  function askSession(method) {
    const giveUp = new AbortController();
    const timer = setTimeout(() => { giveUp.abort(); }, 10000);
    const headers = { "X-CSRFToken": header("X-CSRFToken"), "X-Account": whose };
    return fetch(SESSION, { method: method || "GET", headers: headers, signal: giveUp.signal, credentials: "same-origin" })
      .then((answer) => {
        if (answer.status === 401) { return answer.json().then(gone); }
        if (answer.status === 403 && method === "POST") { return askSession(); }
        if (!answer.ok) { return "没有办成，内容都还在。再点一次；还不行" + whom() + "。"; }
        return answer.json().then((told) => {
          if (told.account !== whose) { return gone(told); }
          until = Date.now() + told.left * 1000;
          patchToken(told.token);
          return "here";
        });
      })
      .catch(() => OFFLINE)
      .finally(() => { clearTimeout(timer); });
  }

  function show(box) {
    if (box.hasAttribute("open")) { return; }
    if (box.showModal) { box.showModal(); } else { box.setAttribute("open", ""); box.classList.add("dialog--plain"); }
  }
  function hide(box) {
    if (!box.hasAttribute("open")) { return; }
    if (box.close) { box.close(); } else { box.removeAttribute("open"); }
  }

  function comeBack(repeat) {
    if (repeat) { waiting.push(repeat); }
    const panel = one("#relogin");
    if (!panel || panel.hasAttribute("open")) { return; }
    hide(one("#expiring"));
    show(panel);
    window.htmx.ajax("GET", "/login/again/", { target: "#relogin-body", swap: "innerHTML" }).then(() => {
      const field = one("#relogin-body input[type=password]");
      if (field) { field.focus(); }
    });
  }

  /* a request came too late: with a fresh token if only that was stale, else after the panel */
  function signedOut(detail) {
    const elt = detail.elt;
    const again = !isPoll(elt) && (() => {
      if (!elt.isConnected) { return; }
      if (elt.matches("form")) { elt.requestSubmit(elt.lastButton && elt.lastButton.isConnected ? elt.lastButton : undefined); return; }
      const config = detail.requestConfig;
      window.htmx.ajax(config.verb, config.path, { source: elt, target: detail.target, event: config.triggeringEvent });
    });
    askSession().then((state) => {
      const stale = (state === "here" || (state === "gone" && elt.closest("#relogin"))) && again && !elt.retried;
      elt.retried = true;
      setTimeout(() => { elt.retried = false; }, 5000);
      if (stale) { again(); } else if (state === "here" || state === "gone") { comeBack(again); } else { banner(state); }
    });
  }

  on("signed-in", (event) => {
    until = Date.now() + event.detail.left * 1000;
    patchToken(event.detail.token);
    hide(one("#relogin"));
    one("#relogin-body").textContent = "";
    banner("");
    announce("已继续，写的内容都在");
    waiting.splice(0).forEach((repeat) => { repeat(); });
  });

  function warn() {
    const box = one("#expiring");
    one("[data-minutes]", box).textContent = String(Math.max(1, Math.round((until - Date.now()) / 60000)));
    show(box);
  }

  function watchSession() {
    if (until - Date.now() > WARN_BEFORE) { return; }
    askSession().then((state) => {
      if (state === "gone") { comeBack(); return; }
      if (state !== "here") { return; }
      if (until - Date.now() <= WARN_BEFORE) { warn(); } else { hide(one("#expiring")); }
    });
  }

  if (whose) {
    ["keydown", "pointerdown", "pointermove", "wheel"].forEach((type) => {
      doc.addEventListener(type, () => { active = true; }, { passive: true });
    });
    setInterval(() => {
      if (active && !one("#expiring").hasAttribute("open") && !one("#relogin").hasAttribute("open")) {
        active = false;
        askSession("POST").then((state) => { if (state === "gone") { comeBack(); } });
      }
    }, PING_EVERY);
    setInterval(watchSession, 20000);
    one("#expiring").addEventListener("close", () => {
      active = false;
      if (!one("#relogin").hasAttribute("open")) { askSession("POST").then((state) => { if (state === "gone") { comeBack(); } }); }
    });
    /* closed with Esc: nothing was sent, nothing is lost; the next click asks again */
    one("#relogin").addEventListener("close", () => { waiting.length = 0; });
  }

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
    if (isPoll(cause)) { return; }
    const wanted = within(fresh, "[data-focus]");
    const lost = event.detail.xhr.hadFocus && doc.activeElement === doc.body;
    if (wanted) { focusOn(wanted); } else if (lost) { focusOn(within(fresh, "h1, h2, h3") || fresh); }
  });

  /* ---------- what is asked for only with another choice ---------- */
  function onlyWith(form) {
    all("[data-only-with]", form).forEach((el) => {
      const wanted = el.dataset.onlyWith.split(" ").map((pair) => pair.split("="));
      const chosen = (name) => new FormData(form).get(name);
      const field = el.closest(".field");
      if (field && !field.matches(".field--bad")) {
        field.hidden = !wanted.every(([name, value]) => chosen(name) === value);
      }
    });
  }
  on("change", (event) => { if (event.target.form) { onlyWith(event.target.form); } });
  window.addEventListener("pageshow", () => {
    new Set(all("[data-only-with]").map((el) => el.form)).forEach(onlyWith);
  });
  /* an item chosen far down its list is in sight */
  const open = one(".desk__queue [aria-current]");
  const queue = open && open.closest(".desk__queue");
  if (queue) {
    const below = open.getBoundingClientRect().bottom - queue.getBoundingClientRect().bottom;
    if (below > 0) { queue.scrollTop += below + queue.clientHeight / 2; }
  }

  /* ---------- when the page opens ---------- */
  window.singleKeys = singleKeys;
  all("[data-single-keys]").forEach(sayKeys);
  markTitle();
  const first = one("[data-errors]") || one("main [data-focus]");
  if (first) { focusOn(first); }
  if (doc.body.hasAttribute("data-print-now")) { window.print(); }
})();

/* ---------- 分流台: the queue drives the case beside it ---------- */
(() => {
  "use strict";

  const doc = document;
  const one = (selector, root) => (root || doc).querySelector(selector);
  const all = (selector, root) => Array.from((root || doc).querySelectorAll(selector));

  /* J and K move the focus (above); here the case that has it is opened beside the list */
  let opening = 0;
  let wanted = "";  /* asked for last; the answer may still be on its way */
  const itemOf = (event) => event.target instanceof Element && event.target.closest(".desk__item");
  const shown = () => { const open = one("#desk-pane [data-number]"); return open ? open.dataset.number : ""; };
  doc.addEventListener("click", (event) => {
    const item = itemOf(event);
    if (item) { wanted = item.dataset.number; }
  });
  doc.addEventListener("focusin", (event) => {
    const item = itemOf(event);
    clearTimeout(opening);
    if (!item || !item.matches(":focus-visible")) { return; }
    opening = setTimeout(() => { if (item.dataset.number !== (wanted || shown())) { item.click(); } }, 200);
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
    if (!window.singleKeys()) { return; }
    if (/^[1-3]$/.test(event.key)) {
      const choice = all("[data-suggestions] input")[Number(event.key) - 1];
      if (choice) { choose(choice); }
      return;
    }
    const form = one("#desk-form[data-by-enter]");
    const item = itemOf(event);
    if (event.key === "Enter" && form && item && item.dataset.number === shown() && !form.hasAttribute("data-busy-now")) {
      event.preventDefault();
      if (!event.repeat) { form.requestSubmit(one("button[type=submit]", form)); }
    }
  });

  function choose(radio) {
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    const said = one('label[for="' + radio.id + '"] .unit__name');
    if (said) { doc.dispatchEvent(new CustomEvent("announce", { detail: { value: "已选" + said.textContent } })); }
  }

  /* what a rule wants as 协办 goes with its lead; the button of a ruling names who is chosen */
  doc.addEventListener("change", (event) => {
    const radio = event.target;
    if (!(radio instanceof Element) || !radio.matches("#desk-form input[name=lead]")) { return; }
    all("#desk-form [data-beside]").forEach((box) => { box.checked = box.dataset.beside === radio.value; });
    const name = one('label[for="' + radio.id + '"] .unit__name');
    all("#desk-form [data-lead-name]").forEach((el) => { el.textContent = name ? name.textContent : ""; });
  });

  /* 「撤回 4:58」: counted on from what the server said; afterwards there is nothing to press */
  all("[data-countdown]").forEach((form) => {
    const ends = Date.now() + Number(form.dataset.countdown) * 1000;
    const ticking = setInterval(() => {
      const left = Math.max(0, Math.round((ends - Date.now()) / 1000));
      const clock = one("[data-clock]", form);  /* not there while the button says 正在撤回… */
      if (clock) { clock.textContent = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0"); }
      if (left === 0) {
        clearInterval(ticking);
        form.hidden = true;
      }
    }, 1000);
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

  doc.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) { return; }
    if (event.target.closest('a[href="#search"]')) {
      const search = one("#search");
      if (search) { event.preventDefault(); search.focus(); }
    }
  });
})();

/* ---------- 调解安排: from cell to cell by the arrows, Enter opens ---------- */
(() => {
  const AWAY = 10000;

  /* how far a link lies in that direction; one that lies elsewhere is away */
  function distance(from, to, key) {
    const across = key === "ArrowLeft" || key === "ArrowRight";
    const sign = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
    const along = across ? to.left - from.left : to.top - from.top;
    const beside = across ? to.top - from.top : to.left - from.left;
    if (along * sign <= 1) { return AWAY; }
    return along * sign + Math.abs(beside) * 4;
  }

  document.addEventListener("keydown", (event) => {
    const el = event.target instanceof Element ? event.target : null;
    const grid = el && el.closest("[data-grid]");
    if (!grid || !/^Arrow(Left|Right|Up|Down)$/.test(event.key)) { return; }
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) { return; }
    const from = el.getBoundingClientRect();
    let best = null;
    let least = AWAY;
    grid.querySelectorAll("a[href]").forEach((link) => {
      const far = link === el ? AWAY : distance(from, link.getBoundingClientRect(), event.key);
      if (far < least) { best = link; least = far; }
    });
    if (best) { event.preventDefault(); best.focus(); }
  });
})();
