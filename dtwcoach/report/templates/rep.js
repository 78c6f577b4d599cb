// A repetition moment by moment: two bodies tied by the warping path, one cursor in all curves.
const SVG = document.querySelector("svg[data-view]")?.namespaceURI;
const svg = (name, attributes = {}) => {
  const made = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  return made;
};

// Rows of keypoint and axis, first value and steps (or values, where there are gaps), to numbers.
const unpackedBody = (rows) =>
  rows.map((row) => {
    if (row.includes(null)) return row;
    let sum = 0;
    return row.map((step) => (sum += step));
  });

// The two sides a body is seen from: what is to the right in the picture, and what is near.
const VIEWS = {
  front: { across: 0, sign: () => 1, name: "from the front" },
  side: { across: 2, sign: (side) => -side, name: "from the side" },
};

const MOST_NAMED = 4;

class Stick {
  constructor(parent, name, skeleton) {
    this.skeleton = skeleton;
    this.group = svg("g", { class: name });
    this.bones = skeleton.bones.map(() => this.group.appendChild(svg("line")));
    this.head = this.group.appendChild(svg("circle", { class: "head" }));
    this.rings = new Map();
    parent.append(this.group);
  }

  draw(body, at, place, faulty) {
    const point = (number) => {
      const [x, y] = place(body, number, at);
      return Number.isFinite(x) && Number.isFinite(y) ? [x, y] : null;
    };
    this.skeleton.bones.forEach(([a, b], number) => {
      const line = this.bones[number];
      const [from, to] = [point(a), point(b)];
      line.style.display = from && to ? "" : "none";
      if (!(from && to)) return;
      ["x1", "y1"].forEach((key, axis) => line.setAttribute(key, from[axis]));
      ["x2", "y2"].forEach((key, axis) => line.setAttribute(key, to[axis]));
      line.classList.toggle("off", faulty.has(a) && faulty.has(b));
    });
    const seen = this.skeleton.head.map(point).filter(Boolean);
    this.head.style.display = seen.length ? "" : "none";
    if (seen.length) {
      const middle = [0, 1].map((axis) => seen.reduce((sum, p) => sum + p[axis], 0) / seen.length);
      this.head.setAttribute("cx", middle[0]);
      this.head.setAttribute("cy", middle[1]);
      this.head.setAttribute("r", 0.16 * this.skeleton.unit);
      this.head.classList.toggle("off", this.skeleton.head.some((p) => faulty.has(p)));
    }
    this.rings.forEach((ring, number) => (ring.style.display = faulty.has(number) ? "" : "none"));
    for (const number of faulty) {
      if (this.skeleton.head.includes(number)) continue;
      const middle = point(number);
      if (!middle) continue;
      if (!this.rings.has(number)) {
        const ring = svg("circle", { class: "ring", r: 0.11 * this.skeleton.unit });
        this.rings.set(number, this.group.appendChild(ring));
      }
      this.rings.get(number).setAttribute("cx", middle[0]);
      this.rings.get(number).setAttribute("cy", middle[1]);
    }
  }
}

class Player {
  constructor(root, own, shared) {
    this.root = root;
    this.own = { ...own, body: unpackedBody(own.body) };
    this.shared = shared;
    this.at = 0;
    this.playing = 0;
    this.slider = root.querySelector("input[type=range]");
    this.button = root.querySelector("[data-do=play]");
    this.apart = false;
    this.views = [...root.querySelectorAll("svg[data-view]")].map((area) => ({
      area,
      ...VIEWS[area.dataset.view],
      reference: new Stick(area, "reference", shared.skeleton),
      attempt: new Stick(area, "attempt", shared.skeleton),
    }));
    this.fit();
    this.listen();
    this.show(Number(this.slider.value));
  }

  // Both bodies at all moments fit into the picture.
  fit() {
    const margin = 0.3 * this.shared.skeleton.unit;
    const [bottom, top] = this.range(1);
    const height = top - bottom + 2 * margin;
    for (const view of this.views) {
      const sign = view.sign(this.shared.side);
      const [left, right] = this.range(view.across).map((end) => sign * end).sort((a, b) => a - b);
      const width = right - left + 2 * margin;
      view.shift = this.apart ? width / 2 : 0;
      view.place = (offset) => (body, number, at) => {
        const [x, y] = [body[3 * number + view.across][at], body[3 * number + 1][at]];
        return x === null || y === null ? [NaN, NaN] : [sign * x + offset, top - y];
      };
      const start = left - margin - view.shift;
      const whole = width + 2 * view.shift;
      view.area.setAttribute("viewBox", `${start} ${-margin} ${whole} ${height}`);
      const floor = `M${start - whole} ${top - bottom}h${3 * whole}`;
      view.area.querySelector(".floor").setAttribute("d", floor);
    }
  }

  // The lowest and highest value of an axis over both bodies and all moments.
  range(axis) {
    let [low, high] = [Infinity, -Infinity];
    for (const body of [this.own.body, this.shared.body]) {
      for (let row = axis; row < body.length; row += 3) {
        for (const value of body[row]) {
          if (value === null) continue;
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
    }
    return [low, high];
  }

  show(at) {
    this.at = Math.max(0, Math.min(at, this.own.seconds.length - 1));
    const theirs = this.own.tied[this.at];
    const off = this.own.off.filter(([, , ranges]) =>
      ranges.some(([start, stop]) => start <= this.at && this.at < stop),
    );
    const faulty = new Set(off.flatMap(([, points]) => points));
    for (const view of this.views) {
      view.reference.draw(this.shared.body, theirs, view.place(-view.shift), new Set());
      view.attempt.draw(this.own.body, this.at, view.place(view.shift), faulty);
    }
    const phase = this.shared.phases[this.shared.phase[theirs]];
    const seconds = `${this.own.seconds[this.at].toFixed(2)} s`;
    this.slider.value = this.at;
    this.slider.setAttribute("aria-valuetext", `${seconds}, ${phase}`);
    this.root.querySelector(".moment").textContent = `${seconds} · ${phase}`;
    const names = off.slice(0, MOST_NAMED).map(([joint]) => joint);
    if (off.length > MOST_NAMED) names.push(`${off.length - MOST_NAMED} more`);
    this.root.querySelector(".off-now").textContent = names.length
      ? `✗ off: ${names.join(", ")}`
      : "";
    this.moved?.();
  }

  listen() {
    const act = {
      play: () => (this.playing ? this.stop() : this.play()),
      back: () => this.step(-1),
      forward: () => this.step(1),
    };
    for (const [name, run] of Object.entries(act)) {
      this.root.querySelector(`[data-do=${name}]`).addEventListener("click", run);
    }
    this.slider.addEventListener("input", () => {
      this.stop();
      this.show(Number(this.slider.value));
    });
    this.root.querySelector("[data-do=apart]").addEventListener("change", (event) => {
      this.apart = event.target.checked;
      this.fit();
      this.show(this.at);
    });
  }

  step(by) {
    this.stop();
    this.show(this.at + by);
  }

  play() {
    const seconds = this.own.seconds;
    const end = seconds[seconds.length - 1];
    if (this.at === seconds.length - 1) this.at = 0;
    let moment = seconds[this.at];
    let before = performance.now();
    const next = (now) => {
      const speed = Number(this.root.querySelector("[data-do=speed]").value);
      moment += (Math.max(0, now - before) / 1000) * speed;
      before = now;
      if (moment > end + 0.4) moment = 0; // rests a moment at the end, then begins again
      let at = seconds.findIndex((second) => second > moment) - 1;
      if (at < 0) at = moment >= end ? seconds.length - 1 : 0;
      if (at !== this.at) this.show(at);
      this.playing = requestAnimationFrame(next);
    };
    this.playing = requestAnimationFrame(next);
    this.button.setAttribute("aria-label", "Pause");
    this.root.classList.add("playing");
  }

  stop() {
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    this.button.setAttribute("aria-label", "Play");
    this.root.classList.remove("playing");
  }
}

const players = new Map();

// Curves carry a cursor over every panel, and may show either the references' phase or seconds.
const panelsOf = (area) =>
  [...area.querySelectorAll(".nsewdrag")].map((pad) =>
    ["x", "y", "width", "height"].map((name) => Number(pad.getAttribute(name))),
  );

const moveCursors = (item) => {
  const player = players.get(item);
  for (const area of item.querySelectorAll("[data-cursor]")) {
    const lines = area.nextElementSibling?.children;
    if (!player || !lines || !area.dataset.drawn) continue;
    const seconds = player.own.seconds[player.at];
    const phase = player.own.tied[player.at] / (player.shared.phase.length - 1);
    const share = area.dataset.end ? seconds / Number(area.dataset.end) : phase;
    for (const line of lines) line.style.setProperty("--share", share);
  }
};

hooks.drawn.push((area, layout) => {
  if (!("cursor" in area.dataset)) return;
  const item = area.closest("details");
  const inSeconds = area.dataset.cursor === "seconds" || area.dataset.figure.endsWith("-seconds");
  if (inSeconds) area.dataset.end = layout.xaxis.range[1];
  else delete area.dataset.end;
  const lines = panelsOf(area).map(([x, y, width, height]) => {
    const line = document.createElement("i");
    line.style.cssText = `left:${x}px;top:${y}px;height:${height}px;--width:${width}px`;
    return line;
  });
  area.nextElementSibling.replaceChildren(...lines);
  moveCursors(item);
});

const jump = (item, panel, at) => {
  const player = players.get(item);
  if (player) {
    player.stop();
    player.show(at);
  }
  const area = item.querySelector(".figure.curves");
  if (!area?.dataset.drawn) {
    area?.scrollIntoView({ block: "center" });
    return;
  }
  const [, y, , height] = panelsOf(area)[panel];
  const top = area.getBoundingClientRect().top + y + height / 2 - innerHeight / 2;
  scrollBy({ top, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  const line = area.nextElementSibling.children[panel];
  line.classList.remove("found");
  void line.offsetWidth; // so that the same panel can flash again
  line.classList.add("found");
};

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-panel]");
  if (!link) return;
  event.preventDefault();
  jump(link.closest("details"), Number(link.dataset.panel), Number(link.dataset.at));
});

// A heat map is one stop of the Tab key; inside, arrows lead from field to field.
for (const table of document.querySelectorAll("table.heat")) {
  const fields = [...table.querySelectorAll("a")];
  const columns = table.tHead.rows[0].cells.length - 1;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  fields.forEach((field, number) => (field.tabIndex = number ? -1 : 0));
  table.addEventListener("keydown", (event) => {
    const before = fields.indexOf(document.activeElement);
    const next = fields[before + steps[event.key]];
    if (before < 0 || !next) return;
    event.preventDefault();
    fields[before].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

document.addEventListener("change", (event) => {
  const choice = event.target.closest?.("input[data-time]");
  if (!choice) return;
  // One choice for the whole page: who wants seconds wants them everywhere.
  document.querySelectorAll(`input[data-time=${choice.dataset.time}]`).forEach((other) => (other.checked = true));
  const seconds = choice.dataset.time === "seconds";
  for (const area of document.querySelectorAll(".figure.curves")) {
    const name = area.id;
    area.dataset.figure = seconds ? `${name}-seconds` : name;
    if (shown.has(area) && area.clientWidth) draw(area);
  }
});

hooks.ready.push((data) => {
  const { references, reps, skeleton } = data.motion ?? {};
  if (!reps) return;
  const shared = references.map((one) => ({ ...one, skeleton, body: unpackedBody(one.body) }));
  const prepare = (item) => {
    const root = item.querySelector(".player");
    if (!root || players.has(item)) return;
    const own = reps[root.dataset.rep];
    const player = new Player(root, own, shared[own.reference]);
    player.moved = () => moveCursors(item);
    players.set(item, player);
    moveCursors(item);
  };
  for (const item of document.querySelectorAll("details.rep")) {
    if (item.open) prepare(item);
    item.addEventListener("toggle", () => {
      if (item.open) prepare(item);
      else players.get(item)?.stop();
    });
  }
  addEventListener("beforeprint", () => document.querySelectorAll("details.rep").forEach(prepare));
});
