/* 新登记: drafts, who this is, what it reads like, the reader. The page works without all of it. */
(() => {
  "use strict";

  const doc = document;
  const byId = (id) => doc.getElementById(id);
  const form = byId("register");
  if (!form) { return; }
  const all = (selector, root) => Array.from((root || form).querySelectorAll(selector));
  const field = (name) => form.elements[name];
  const text = (name) => field(name).value.trim();
  const on = (type, handler, capture) => doc.addEventListener(type, handler, capture);
  const say = (words) => { doc.dispatchEvent(new CustomEvent("announce", { detail: { value: words } })); };
  const isOurs = (el) => el instanceof Element && el.form === form;
  const changed = (el) => { el.dispatchEvent(new Event("change", { bubbles: true })); };
  const chosen = (name) => all('input[name="' + name + '"]:checked').map((el) => el.value);

  /* ---------- panels: asked a moment after the last key; a newer question aborts the older ---------- */
  const AFTER = 250;

  /* as htmx would send it: for the person this page was drawn for, and nobody who signed in since */
  function post(address, more) {
    const headers = { "HX-Request": "true", "X-Account": doc.body.dataset.account || "" };
    return fetch(address, Object.assign({ method: "POST", body: new FormData(form), headers: headers }, more));
  }

  function drop(panel) {
    clearTimeout(panel.waiting);
    if (panel.flight) { panel.flight.abort(); }
  }

  function ask(panel, take) {
    drop(panel);
    panel.waiting = setTimeout(() => {
      const flight = panel.flight = new AbortController();
      post(panel.dataset.ask, { signal: flight.signal })
        .then((response) => (response.ok ? response.text() : null))
        .then((html) => { if (html !== null && !flight.signal.aborted) { show(panel, html, take); } })
        .catch(() => { /* aborted, or offline: the page goes on without the panel */ });
    }, AFTER);
  }

  function show(panel, html, take) {
    const fresh = doc.createElement("template");
    fresh.innerHTML = html;
    if (take) { take(fresh.content); }
    while (panel.firstChild) { panel.removeChild(panel.firstChild); }
    panel.appendChild(fresh.content);
    if (window.htmx) { window.htmx.process(panel); }
    const status = panel.querySelector("[data-status]");
    if (status) { say(status.textContent.trim()); }
  }

  /* ---------- drafts: kept at most 1.5 seconds after a key; the tab bridges what is on its way ---------- */
  const id = field("submission_id").value;
  const saved = byId("saved");
  const keep = byId("keep");
  const consult = byId("consult");
  const OFTEN = 1500;
  const AGAIN = 10000;
  const BRIDGE = "register";
  const account = doc.body.dataset.account || "";
  let dirty = false;
  let sent = false;
  let over = false;  /* it is a case already: nothing more is kept */
  let saving = 0;
  let until = "";

  function typed() {
    const found = {};
    new FormData(form).forEach((value, name) => {
      if (name !== "csrfmiddlewaretoken" && name !== "same" && typeof value === "string") { (found[name] = found[name] || []).push(value); }
    });
    return found;
  }

  function bridge(content) {
    try {
      if (content) { sessionStorage.setItem(BRIDGE, JSON.stringify({ id: id, account: account, content: content })); } else { sessionStorage.removeItem(BRIDGE); }
    } catch (error) { /* storage is switched off: the server has all but the last second */ }
  }

  function bridged() {
    try { return JSON.parse(sessionStorage.getItem(BRIDGE)); } catch (error) { return null; }
  }

  const isGone = () => over || (sent && form.hasAttribute("data-busy-now"));

  function save() {
    clearTimeout(saving);
    saving = 0;
    if (!dirty || isGone()) { return; }
    dirty = false;
    if (window.htmx) { window.htmx.trigger(saved, "save"); }
  }

  function mark() {
    if (isGone()) { return; }
    dirty = true;
    bridge(typed());
    if (!/draft=/.test(location.search)) { history.replaceState(null, "", form.getAttribute("action") + "?draft=" + id); }
    if (!saving) { saving = setTimeout(save, OFTEN); }
  }

  function fill(content) {
    Object.keys(content).forEach((name) => {
      const values = [].concat(content[name]);
      all('[name="' + name + '"]').forEach((el) => {
        if (el.type === "radio" || el.type === "checkbox") { el.checked = values.includes(el.value); } else if (el.type !== "hidden") { el.value = values[0]; }
      });
    });
  }

  function crossBridge() {
    const left = bridged();
    if (!left) { return; }
    if (left.account !== account) { bridge(null); return; }
    if (left.id === id) { fill(left.content); mark(); return; }
    const isFresh = !location.search && !doc.querySelector("[data-errors]");
    bridge(null);
    if (isFresh) {
      try { sessionStorage.setItem(BRIDGE, JSON.stringify(left)); } catch (error) { return; }
      location.replace(location.pathname + "?draft=" + encodeURIComponent(left.id));
    }
  }

  on("htmx:afterRequest", (event) => {
    if (event.detail.elt !== saved) { return; }
    if (event.detail.successful) {
      until = saved.textContent.replace(/^\D*(\d\d:\d\d).*$/, "$1");
      if (!dirty) { bridge(null); }
      return;
    }
    if (event.detail.xhr.status === 409) { over = true; return; }
    dirty = true;
    if (!saving) { saving = setTimeout(save, AGAIN); }
  });
  on("htmx:sendError", (event) => {
    if (event.detail.elt !== saved) { return; }
    saved.textContent = "连不上中心服务器。可以继续写，连上后自动保存" + (until ? "（已存到 " + until + "）" : "");
  });
  window.addEventListener("online", save);
  keep.addEventListener("click", (event) => {
    event.preventDefault();
    dirty = true;
    save();
  });
  window.addEventListener("pagehide", () => {
    if (dirty && !isGone()) { post(saved.getAttribute("hx-post"), { keepalive: true }); }
  });

  /* ---------- who this is: after the last digit of a phone or an identity number ---------- */
  const CARD = "resident";
  const paper = field("id_kind");
  const known = byId("known");
  const duplicates = byId("duplicates");
  let who = "";
  let matter = "";

  function person() {
    const phone = text("phone").replace(/[\s-]/g, "");
    const number = text("id_number").replace(/\s/g, "").toUpperCase();
    const whole = paper.value === CARD ? /^\d{17}[\dX]$/ : /^[A-Z\d-]{5,}$/;
    return [/^(?:1\d{10}|0\d{9,11})$/.test(phone) ? phone : "", whole.test(number) ? number : ""].join("|");
  }

  function lookUp() {
    const now = person();
    if (now === who) { return; }
    who = now;
    if (who !== "|") { ask(known); return; }
    drop(known);
    known.innerHTML = '<p class="card hint"></p>';
    known.firstChild.textContent = known.dataset.empty;
  }

  function compare() {
    const type = chosen("type")[0] || text("other_type");
    const against = text("opponents");
    const now = [person(), type, against, text("place")].join("|");
    if (now === matter) { return; }
    matter = now;
    const enough = (person() !== "|" && (type || against)) || (against && text("place"));
    if (enough) { ask(duplicates); return; }
    drop(duplicates);
    duplicates.innerHTML = "";
  }

  on("htmx:afterSwap", (event) => {
    const brought = event.target instanceof Element && event.target.querySelector("[data-fill]");
    if (!brought) { return; }
    const content = JSON.parse(brought.dataset.fill);
    if (!text("id_number") && content.id_kind) { usePaper(content.id_kind); }
    brought.removeAttribute("data-fill");
    Object.keys(content).forEach((name) => { if (!text(name)) { field(name).value = content[name]; } });
    who = person();
    compare();
    mark();
    goOn();
  });

  /* the visit is written down with the earlier matter: what stood here is not a draft of another */
  on("submit", (event) => {
    if (!event.target.closest(".known__again")) { return; }
    over = true;
    clearTimeout(saving);
    bridge(null);
    if (until) { post(known.dataset.forget, { keepalive: true }); }
  });

  on("toggle", (event) => {
    const input = event.target.open && event.target.matches(".known__again") && event.target.querySelector("input[type=text]");
    if (input) { input.focus(); }
  }, true);

  function usePaper(kind) {
    paper.value = kind;
    const name = paper.selectedOptions[0].text;
    byId("paper").textContent = name + "号";
  }

  function goOn() {
    const empty = ["phone", "name", "id_number", "opponents", "place", "narrative"].find((name) => {
      if (name === "phone" && field("no_phone").checked) { return false; }
      if (name === "id_number" && text("no_card")) { return false; }
      return !text(name);
    });
    field(empty || "narrative").focus();
  }

  /* ---------- what it reads like: type and unit, with the words that say so ---------- */
  const why = byId("why");
  const unit = field("destination");
  const PAUSE = 3000;
  const GLANCE = 400;  /* a row of chips under somebody's eyes for so long is not put in another order */
  let read = "";
  let reading = 0;
  let unitChosen = unit.value !== "triage";
  let arrived = 0;

  function suggest() {
    clearTimeout(reading);
    const going = unitChosen ? unit.value : "";
    const now = [text("narrative"), chosen("type")[0] || text("other_type"), going].join("|");
    if (now === read) { return; }
    read = now;
    if (text("narrative").length > 1 || going) { ask(why, takeSuggestion); }
  }

  on("focusin", (event) => { if (event.target.closest("#type-chips")) { arrived = arrived || Date.now(); } else { arrived = 0; } });
  function takeSuggestion(fresh) {
    const chips = fresh.querySelector("#type-chips");
    if (chips) {
      chips.remove();
      if (mayOrder()) { putChips(chips); }
    }
    const found = fresh.querySelector("[data-unit]");
    all("option", unit).forEach((option) => { option.textContent = option.textContent.replace(" — 建议", ""); });
    const option = found && all("option", unit).find((el) => el.value === found.dataset.unit);
    if (option) { option.textContent += " — 建议"; }
    if (!unitChosen && !threat()) { unit.value = option ? option.value : "triage"; }
  }

  function mayOrder() {
    const isSeen = arrived && Date.now() - arrived > GLANCE;
    return !isSeen && !chosen("type").length && !text("other_type");
  }

  function putChips(chips) {
    const old = byId("type-chips");
    const hadFocus = old.contains(doc.activeElement);
    old.parentNode.replaceChild(chips, old);
    if (hadFocus) { chips.querySelector("input").focus(); }
  }

  /* ---------- special situations ---------- */
  const threat = () => chosen("special").includes("threat");

  function special() {
    const flags = chosen("special");
    const safety = byId("safety");
    if (safety.hidden && flags.includes("violence")) { say("先确认：人现在安全吗？要不要报警，送医？"); }
    safety.hidden = !flags.includes("violence");
    byId("to-triage").hidden = !threat();
    if (threat()) { unit.value = "triage"; }
    all("option", unit).forEach((option) => { option.disabled = threat() && option.value !== "triage"; });
  }

  const delegates = byId("delegates");
  const isGroup = () => Number(text("visitors")) >= Number(field("visitors").dataset.groupFrom);

  function group() {
    delegates.hidden = !isGroup();
    const box = all('input[name="special"][value="group"]')[0];
    if (isGroup() && !box.checked) {
      box.checked = true;
      changed(box);
      say("人数已到 5 人，特别情况选上了“5人以上”，再写代表");
    }
  }

  /* ---------- town and village: two selects, by pinyin initials too ---------- */
  const village = field("place");
  const initials = JSON.parse(village.dataset.initials || "{}");

  function splitPlace() {
    const groups = all("optgroup", village);
    const town = doc.createElement("select");
    const empty = village.options[0];
    town.className = "place__town";
    town.setAttribute("aria-label", "镇街");
    town.add(new Option("选镇街", ""));
    groups.forEach((part) => { town.add(new Option(part.label, part.label)); });
    const homeOf = (code) => { const home = groups.find((part) => all("option", part).some((el) => el.value === code)); return home ? home.label : ""; };
    const narrow = (value) => {
      while (village.firstChild) { village.removeChild(village.firstChild); }
      village.appendChild(empty);
      const home = groups.find((part) => part.label === town.value);
      const parts = home ? Array.from(home.children) : groups;
      parts.forEach((el) => { village.appendChild(el.cloneNode(true)); });
      village.value = value;
    };
    const before = village.value;
    town.value = homeOf(before || form.dataset.town);
    narrow(before);
    town.addEventListener("change", () => { narrow(""); changed(village); });
    village.addEventListener("change", () => {
      if (town.value || !village.value) { return; }
      town.value = homeOf(village.value);
      narrow(village.value);
    });
    village.parentNode.insertBefore(town, village);
    [town, village].forEach(byInitials);
  }

  function byInitials(select) {
    let letters = "";
    let last = 0;
    select.addEventListener("keydown", (event) => {
      if (!/^[a-z]$/i.test(event.key) || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) { return; }
      event.preventDefault();
      letters = event.timeStamp - last < 900 ? letters + event.key.toLowerCase() : event.key.toLowerCase();
      last = event.timeStamp;
      const found = Array.from(select.options).find((option) => (initials[option.text] || "").startsWith(letters));
      if (found && select.value !== found.value) { select.value = found.value; changed(select); }
    });
  }

  /* ---------- the reader ---------- */
  const button = byId("read-card");
  const told = byId("reader-said");

  function take(card) {
    const given = { name: card.name, id_number: card.id, address: card.address };
    Object.keys(given).forEach((name) => { if (given[name]) { field(name).value = given[name]; } });
    if (given.id_number) { usePaper(CARD); }
    field("no_card").value = "";
    told.textContent = card.name ? "已读：" + [card.name, card.sex, card.birth].filter(Boolean).join(" ") : "已读到证件号";
    lookUp();
    compare();
    mark();
    goOn();
  }

  button.hidden = false;
  button.addEventListener("click", () => {
    if (button.disabled) { return; }
    button.disabled = true;
    told.textContent = "正在读卡…";
    window.readIdCard({ driver: form.dataset.reader, address: form.dataset.readerAddress })
      .then(take, (error) => { told.textContent = error.message; })
      .then(() => { button.disabled = false; });
  });
  on("card", (event) => {
    if (event.defaultPrevented) { return; }
    event.preventDefault();
    take({ name: "", sex: "", birth: "", address: "", id: event.detail.value });
  });

  /* ---------- hands ---------- */
  on("input", (event) => {
    const el = event.target;
    if (!isOurs(el)) { return; }
    mark();
    if (el.name === "phone" || el.name === "id_number") { lookUp(); }
    if (el.name === "narrative") {
      clearTimeout(reading);
      reading = setTimeout(suggest, PAUSE);
    }
  });
  on("change", (event) => {
    const el = event.target;
    if (!isOurs(el)) { return; }
    mark();
    if (el === unit) { unitChosen = true; suggest(); }
    if (el === paper) { usePaper(paper.value); lookUp(); }
    if (el.name === "narrative" || el.name === "type" || el.name === "other_type") { suggest(); }
    const asks = /type$/.test(el.name) && byId("type-chips").querySelector("[data-status]");
    if (asks) { asks.remove(); }
    if (el.name === "special") { special(); }
    if (el.name === "visitors") { group(); }
    if (el.name !== "same" && el.name !== "group") { setTimeout(compare, 0); }
  });
  on("keydown", (event) => {
    const el = event.target;
    if (event.key === "ArrowDown" && !event.isComposing && isOurs(el) && /^(?:phone|id_number)$/.test(el.name)) {
      const first = known.querySelector("summary, button");
      if (first) { event.preventDefault(); first.focus(); }
    }
  });

  /* an open question is answered before the form goes; this listener comes before the one of every page */
  on("submit", (event) => {
    if (event.target !== form || event.submitter === keep) { return; }
    const same = event.submitter !== consult && byId("same");
    if (same && !same.querySelector("input:checked")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      doc.body.classList.remove("is-masked");
      same.scrollIntoView({ block: "nearest" });
      same.querySelector("input").focus();
      say("先选是“再次来访”还是“另一件事”");
      return;
    }
    sent = true;
    clearTimeout(saving);
    saving = 0;
    bridge(null);
  }, true);

  splitPlace();
  crossBridge();
  usePaper(paper.value);
  delegates.hidden = !isGroup();
  special();
  window.addEventListener("load", () => {
    lookUp();
    compare();
    suggest();
  });
})();
