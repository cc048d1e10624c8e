/* The service worker of this build. Pages come from the net first; files of the build from the phone. */
"use strict";

const BUILD = "{{ build }}";
const FILES = "phone-files-" + BUILD;
const PAGES = "phone-pages-" + BUILD;
const OFFLINE = "{% url "phone:offline" %}";
const SESSION = "{% url "orgs:session" %}";
/* Only forms are kept; no page with people's matters is, and so not the first page either. */
const KEPT = ["{% url "phone:report" %}", "{% url "phone:report" %}?who=self", "{% url "phone:patrol" %}", "{% url "phone:help" %}"];
const NET_WAIT = 6000;
const FRESH = 10 * 60000;
const STATIC = [{% for file in files %}"{{ file }}", {% endfor %}];

importScripts("{{ queue }}");

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(FILES)
    .then((files) => files.addAll([...STATIC, OFFLINE]))
    .then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names
      .filter((name) => name.startsWith("phone-") && name !== FILES && name !== PAGES)
      .map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

function nameOf(url) {
  const parts = new URL(url);
  return parts.pathname + parts.search;
}

/* The pages of one person go as soon as another's come, the session has ended, or the person has signed out. */
let people = 0;

async function forget() {
  people += 1;
  await caches.delete(PAGES);
}

const kept = (name) => caches.match(name, { cacheName: PAGES });

async function keep(name, response, whose) {
  const account = response.headers.get("X-Account") || "";
  const form = await kept(KEPT[0]);
  if (account && form && form.headers.get("X-Account") !== account) { await caches.delete(PAGES); }
  if (whose === people) { await (await caches.open(PAGES)).put(name, response); }
}

function fromNet(request) {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error("slow")), NET_WAIT);
    fetch(request).then(done, failed).finally(() => clearTimeout(timer));
  });
}

async function page(request) {
  const name = nameOf(request.url);
  const whose = people;
  try {
    const response = await fromNet(request);
    if (response.type === "opaqueredirect") { await forget(); }
    if (response.ok && KEPT.includes(name)) { await keep(name, response.clone(), whose).catch(() => {}); }
    return response;
  } catch (error) {
    return (await kept(name)) || (await (await caches.open(FILES)).match(OFFLINE)) || Response.error();
  }
}

async function file(request) {
  return (await (await caches.open(FILES)).match(request)) || fetch(request);
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  if (request.method !== "GET") { return; }
  if (request.mode === "navigate") {
    event.respondWith(page(request));
  } else if (STATIC.includes(nameOf(request.url))) {
    event.respondWith(file(request));
  }
});

/* A page of a signed-in worker has been opened: the forms are fetched, to be there without a net. */
function isFresh(found, account) {
  if (!found || (found.headers.get("X-Account") || account) !== account) { return false; }
  return Math.abs(Date.now() - Date.parse(found.headers.get("Date"))) < FRESH;
}

async function fetchForms(account) {
  const whose = people;
  for (const name of KEPT) {
    if (isFresh(await kept(name), account)) { continue; }
    const response = await fetch(name, { credentials: "same-origin", redirect: "manual" });
    if (response.ok) { await keep(name, response, whose); }
  }
}

self.addEventListener("message", (event) => {
  const told = event.data || {};
  if (told.forget) { event.waitUntil(forget()); }
  if (told.keep) { event.waitUntil(fetchForms(told.keep).catch(() => {})); }
});

/* Not up yet: the browser asks again, later and later. */
async function sendWaiting() {
  const told = await self.phoneQueue.flush(SESSION, false);
  if (told.state === "busy" || told.state === "offline") { throw new Error(told.state); }
}

self.addEventListener("sync", (event) => {
  if (event.tag === "queue") { event.waitUntil(sendWaiting()); }
});
