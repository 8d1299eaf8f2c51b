// The dashboard of a blink node. Everything that is shown comes from this node's own API and is set as text, never as
// markup: monikers are anyone's words.
"use strict";

const byId = (id) => document.getElementById(id);
const maxRows = 12;
let chosen = "all";
let lastBlock = null;
let rows = [];

function element(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

function ms(v) {
  if (v === undefined || v === null) return "–";
  if (v >= 10000) return (v / 1000).toFixed(1) + " s";
  if (v >= 1000) return (v / 1000).toFixed(2) + " s";
  return (v >= 100 ? v.toFixed(0) : v.toFixed(1)) + " ms";
}

const grouped = (n) => n.toLocaleString("en-US").replaceAll(",", "\u202f");
const percent = (part, whole) => (whole > 0 ? (100 * part / whole).toFixed(1) + " %" : "–");

async function read(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(path + " answered " + answer.status);
  return answer.json();
}

function showState(text, kind) {
  const badge = byId("state");
  badge.textContent = text;
  badge.className = "badge " + kind;
}

function showStatus(s) {
  document.title = "blink · " + s.chain_id;
  byId("chain").textContent = s.chain_id + " · " + s.moniker + " · " + s.peers.length + (s.peers.length === 1 ? " peer" : " peers");
  byId("node").textContent = "node " + s.node_id + " · " + s.version;
  if (!lastBlock || s.height >= lastBlock.height) showBlock({ height: s.height, time: s.block_time });
  if (s.ready) showState(s.validator && s.validator.active ? "ready · validating" : "ready", "good");
  else showState(s.catching_up ? "catching up" : "not ready", s.catching_up ? "wait" : "bad");
}

function showBlock(b) {
  lastBlock = b;
  byId("height").textContent = grouped(b.height);
  showAge();
}

function showAge() {
  if (!lastBlock) return;
  const seconds = Math.max(0, (Date.now() - Date.parse(lastBlock.time)) / 1000);
  byId("age").textContent = seconds < 2 ? "just now" : "last block " + seconds.toFixed(0) + " s ago";
}

function showFinality(f) {
  const t = f.ttf_ms, o = f.outcomes, some = t.count > 0;
  for (const name of ["p50", "p90", "p99"]) byId(name).textContent = some ? ms(t[name]) : "–";
  byId("p50note").textContent = some ? "of " + grouped(t.count) + ", " + (chosen === "all" ? "since this node started" : "last " + chosen) : "no measurement in this window";
  byId("final").textContent = grouped(o.final);
  const others = ["pending", "failed", "rejected", "expired", "unknown"].filter((k) => o[k] > 0).map((k) => grouped(o[k]) + " " + k);
  byId("lost").textContent = others.length ? others.join(", ") : "final, none lost";
  showHistogram(f.histogram);
  showStages(f.stages, some);
}

function showHistogram(buckets) {
  const box = byId("histogram");
  if (buckets.length === 0) {
    box.replaceChildren(element("p", "quiet empty", "no measurement in this window: send a transaction"));
    return;
  }
  const most = Math.max(...buckets.map((b) => b.count));
  const every = Math.ceil(buckets.length / (box.clientWidth < 500 ? 7 : 16));
  box.replaceChildren(...buckets.map((b, i) => {
    const bin = element("div", "bin");
    const bar = element("i");
    bar.style.height = (100 * b.count / most).toFixed(2) + "%";
    const area = element("div", "area");
    area.append(element("b", "", b.count > 0 && buckets.length <= 24 ? grouped(b.count) : ""), bar);
    bin.title = b.from_ms + " to " + b.to_ms + " ms: " + b.count;
    bin.append(area, element("span", "", i % every === 0 ? shortMS(b.to_ms) : ""));
    return bin;
  }));
}

const shortMS = (v) => (v >= 1000 ? +(v / 1000).toPrecision(2) + " s" : +v.toPrecision(2) + " ms");

const stageText = {
  checked: "checked", proposed: "proposed", prevoted: "+2/3 prevoted", precommitted: "+2/3 precommitted", executed: "executed", visible: "served",
};

function showStages(stages, some) {
  const known = some ? stages.filter((s) => s.count > 0) : [];
  const total = known.reduce((sum, s) => sum + s.p50, 0);
  byId("stages").replaceChildren(...known.map((s) => {
    const part = element("i", s.stage);
    part.style.width = (100 * s.p50 / total).toFixed(2) + "%";
    part.title = stageText[s.stage] + ": " + ms(s.p50);
    return part;
  }));
  byId("legend").replaceChildren(...known.map((s) => {
    const item = element("li");
    item.append(element("i", s.stage), stageText[s.stage] + " " + ms(s.p50));
    return item;
  }));
}

function statusWord(t) {
  if (t.status === "final") return t.code === "ok" ? ["final", "good"] : [t.code.replaceAll("_", " "), "bad"];
  return [t.status, t.status === "pending" ? "" : "bad"];
}

function showTxs() {
  if (rows.length === 0) return;
  byId("txs").replaceChildren(...rows.map((t) => {
    const row = element("tr");
    const id = element("td", "mono");
    const link = element("a", "", t.id.slice(0, 12) + "…");
    link.href = "/v1/txs/" + encodeURIComponent(t.id);
    id.append(link);
    const status = element("td");
    status.append(element("span", "word " + statusWord(t)[1], statusWord(t)[0]));
    row.append(id, status, element("td", "n", t.height ? grouped(t.height) : "–"), element("td", "n", ms(t.ttf_ms)));
    return row;
  }));
}

let paint = 0;
function addTx(t) {
  rows = [t, ...rows.filter((r) => r.id !== t.id)];
  rows.sort((a, b) => (b.height || Infinity) - (a.height || Infinity) || 0);
  rows.length = Math.min(rows.length, maxRows);
  if (!paint) paint = setTimeout(() => { paint = 0; showTxs(); }, 100);
}

function showValidators(v) {
  byId("validators").replaceChildren(...v.validators.map((x) => {
    const row = element("tr");
    const name = element("td");
    const link = element("a", "", x.moniker || x.operator.slice(0, 16) + "…");
    link.href = "/v1/validators/" + encodeURIComponent(x.operator);
    name.append(link);
    const status = element("td");
    status.append(element("span", "word " + (x.status === "active" ? "good" : x.status === "inactive" ? "" : "bad"), x.status));
    row.append(name, status, element("td", "n", grouped(x.power)), element("td", "n", x.status === "active" ? percent(x.power, v.total_power) : "–"));
    return row;
  }));
  byId("quorum").textContent = "A block is final when more than 2/3 of " + grouped(v.total_power) + " have precommitted it.";
}

const parts = {
  status: async () => showStatus(await read("/v1/status")),
  finality: async () => showFinality(await read("/v1/finality?window=" + chosen)),
  validators: async () => showValidators(await read("/v1/validators?limit=50")),
};

async function refresh(names) {
  const ends = await Promise.allSettled(names.map((name) => parts[name]()));
  if (ends.some((end) => end.status === "rejected")) showState("no answer", "bad");
}

async function firstTxs() {
  try {
    const latest = await read("/v1/blocks?limit=30");
    for (const b of latest.blocks.filter((b) => b.tx_count > 0).slice(0, 4).reverse()) {
      const block = await read("/v1/blocks/" + b.height);
      for (const t of block.txs.slice(0, maxRows)) addTx(await read(t.url));
    }
  } catch (error) {
    // Blocks may be pruned; the stream brings the next ones.
  }
}

function listen() {
  const events = new EventSource("/v1/events?types=block,tx,finality,validators");
  const on = (type, handle) => events.addEventListener(type, (e) => handle(JSON.parse(e.data)));
  on("block", showBlock);
  on("tx", addTx);
  on("finality", () => refresh(["finality"]));
  on("validators", () => refresh(["validators"]));
  events.onerror = () => showState("no answer", "bad");
  let opened = false;
  events.onopen = () => {
    if (opened) refresh(["status", "finality", "validators"]); // back after a break
    opened = true;
  };
}

byId("windows").addEventListener("click", (e) => {
  const button = e.target.closest("button");
  if (!button) return;
  chosen = button.dataset.window;
  for (const b of byId("windows").querySelectorAll("button")) b.setAttribute("aria-pressed", String(b === button));
  refresh(["finality"]);
});

const picture = byId("comparison");
// Two spellings of one address in turn: the same one again would not be loaded.
const pictures = ["/v1/finality/comparison?format=svg", "/v1/finality/comparison?format=svg&window=all"];
setInterval(() => { picture.src = pictures[picture.src.endsWith(pictures[0]) ? 1 : 0]; }, 30000);
setInterval(showAge, 1000);
setInterval(() => refresh(["status", "finality"]), 5000);
refresh(["status", "finality", "validators"]);
firstTxs();
listen();
