"use strict";
/* The wall: it asks for its data every minute, says so when none comes, and begins anew at night.
   Everything it draws has been drawn by the server; here parts are only put in their places. */
(function () {
  var doc = document;
  var wall = doc.querySelector("[data-wall]");
  if (!wall) { return; }
  var EVERY = 60000, STALE = 120000, SLOWEST = 60000, NIGHT = 300000, TURN = 8000, PATIENCE = 20000;
  var body = doc.body, stale = wall.querySelector("[data-stale]");
  var heard = Date.now(), shown = wall.dataset.shown, failures = 0, paused = false, refused = false;
  var next = 0, nightly = 0;

  function fit() {
    var scale = Math.min(window.innerWidth / wall.offsetWidth, window.innerHeight / wall.offsetHeight);
    var left = Math.max(0, (window.innerWidth - wall.offsetWidth * scale) / 2);
    wall.style.transform = "translateX(" + left + "px) scale(" + scale + ")";
  }

  /* ---------- numbers ---------- */
  function figures(root) {
    var found = {};
    root.querySelectorAll("[data-figure]").forEach(function (el) {
      found[el.dataset.figure] = el.textContent.trim();
    });
    return found;
  }

  /* What comes is drawn by our own server and escaped there; nothing else is put in. */
  function put(place, html) {
    var was = figures(place);
    var turn = turning();
    place.innerHTML = html;
    place.querySelectorAll("[data-figure]").forEach(function (el) {
      var before = was[el.dataset.figure];
      if (before !== undefined && before !== el.textContent.trim()) { el.classList.add("is-new"); }
    });
    if (place.querySelector("[data-turns]")) { turnTo(turn); }
  }

  var kept = {};
  function draw(data) {
    Object.keys(data.parts).forEach(function (key) {
      var place = wall.querySelector('[data-part="' + key + '"]');
      if (place && kept[key] !== data.parts[key]) {
        kept[key] = data.parts[key];
        put(place, data.parts[key]);
      }
    });
    shown = data.shown;
    wall.querySelector("[data-updated]").textContent = shown;
    wall.querySelector("[data-date]").textContent = data.date;
  }

  /* ---------- asking ---------- */
  function ask() {
    var stop = new AbortController();
    var tired = setTimeout(function () { stop.abort(); }, PATIENCE);
    fetch(wall.dataset.source, {
      headers: { Accept: "application/json", "X-Poll": "1" },
      credentials: "same-origin", cache: "no-store", signal: stop.signal
    }).then(function (answer) {
      refused = answer.status === 401;
      if (!answer.ok) { throw new Error("no data"); }
      return answer.json();
    }).then(function (data) {
      heard = Date.now();
      failures = 0;
      draw(data);
      later(EVERY);
    }).catch(function () {
      failures += 1;
      later(Math.min(5000 * Math.pow(2, failures - 1), SLOWEST));
    }).then(function () {
      clearTimeout(tired);
      say();
    });
  }

  function later(wait) {
    clearTimeout(next);
    next = setTimeout(ask, wait + Math.random() * wait * 0.1);
  }

  function say() {
    var late = refused || Date.now() - heard >= STALE;
    body.classList.toggle("is-stale", late);
    stale.hidden = !late;
    var words = refused
      ? "这块屏不能再取数据（登录已过期，或口令已收回）。数字是 " + shown + " 的"
      : shown + " 起没有新数据，正在重连（数字是 " + shown + " 的）";
    if (late && stale.textContent !== words) { stale.textContent = words; }
  }

  function tick() {
    // The time of the place, whatever zone the computer behind the wall is set to.
    var here = new Date();
    var now = new Date(here.getTime() + (480 + here.getTimezoneOffset()) * 60000);
    var two = function (n) { return (n < 10 ? "0" : "") + n; };
    wall.querySelector("[data-clock]").textContent = two(now.getHours()) + ":" + two(now.getMinutes());
    say();
  }

  /* ---------- the table that turns ---------- */
  function turns() { return wall.querySelectorAll("[data-turns] > tbody"); }
  function turning() {
    return Array.prototype.findIndex.call(turns(), function (rows) { return !rows.hidden; });
  }
  function turnTo(index) {
    var all = turns();
    if (!all.length) { return; }
    var at = ((index % all.length) + all.length) % all.length;
    all.forEach(function (rows, n) { rows.hidden = n !== at; });
  }
  function turn() {
    if (!paused) { turnTo(turning() + 1); }
  }
  wall.addEventListener("mouseover", function (event) {
    paused = Boolean(event.target.closest(".wall__part--late"));
  });
  wall.addEventListener("mouseleave", function () { paused = false; });
  doc.addEventListener("keydown", function (event) {
    if (event.key === " " || event.key === "Pause") { paused = !paused; event.preventDefault(); }
    if (event.key === "ArrowRight") { paused = true; turnTo(turning() + 1); }
    if (event.key === "ArrowLeft") { paused = true; turnTo(turning() - 1); }
    if (event.key === "Escape") { paused = false; }
  });

  /* ---------- the night: a page that runs for months is opened anew at three ---------- */
  function atThree() {
    var now = new Date();
    var three = new Date(now.getFullYear(), now.getMonth(), now.getDate(), 3, 0, 0);
    if (three <= now) { three.setDate(three.getDate() + 1); }
    return three - now + Math.random() * 600000;
  }
  function night() {
    /* Only when the server answers: a page of the browser's own would never come back. */
    fetch(wall.dataset.source, { headers: { "X-Poll": "1" }, cache: "no-store" }).then(function (answer) {
      if (!answer.ok) { throw new Error("not now"); }
      window.location.reload();
    }).catch(function () { nightly = setTimeout(night, NIGHT); });
  }

  window.addEventListener("resize", fit);
  window.addEventListener("online", ask);
  window.addEventListener("pagehide", function () { clearTimeout(next); clearTimeout(nightly); });
  fit();
  setInterval(tick, 1000);
  setInterval(turn, TURN);
  later(EVERY);
  nightly = setTimeout(night, atThree());
}());
