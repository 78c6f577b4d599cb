// What every page does: unpack what it carries, draw figures as they come into sight, in the
// colours of the day, and again when the page changes its width, its colours or is printed.
const dark = matchMedia("(prefers-color-scheme: dark)");
const areas = [...document.querySelectorAll("[data-figure]")];
const shown = new Set();
const PRINT_WIDTH = 600; // pixels, of A4 and letter paper within usual margins
let payload = null;
let printing = false;

// Other scripts of the page add to these: `ready` runs with the payload there, `drawn` after each
// drawing of an area, `click` on a point of a figure until one of them returns true.
const hooks = { ready: [], drawn: [], click: [] };

const say = (text) => {
  const line = document.getElementById("trouble");
  line.textContent = text;
  line.hidden = false;
};

// A repetition that is linked to unfolds, whoever asks for it.
const openTarget = () => {
  const target = document.getElementById(location.hash.slice(1));
  const folded = target?.closest("details");
  if (!folded) return;
  folded.open = true;
  target.scrollIntoView();
};
addEventListener("hashchange", openTarget);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (link && link.hash === location.hash && !event.defaultPrevented) openTarget();
});

const unpack = async (id) => {
  const coded = atob(document.getElementById(id).textContent);
  const bytes = new Uint8Array(coded.length);
  for (let at = 0; at < coded.length; at += 1) bytes[at] = coded.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
};

// A figure as it was packed, with its long lists back in place and its colours for a dark page.
const unpooled = (value, colours) => {
  if (typeof value === "string") return Object.hasOwn(colours, value) ? colours[value] : value;
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => unpooled(item, colours));
  if ("$" in value) return payload.arrays[value.$];
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, unpooled(item, colours)]),
  );
};

const draw = (area) => {
  const figure = unpooled(
    payload.figures[area.dataset.figure],
    dark.matches && !printing ? payload.dark : {},
  );
  const layout = figure.layout;
  const style = getComputedStyle(area);
  const curves = Boolean(layout.grid);
  layout.width = printing ? PRINT_WIDTH : area.clientWidth;
  layout.height = area.clientHeight;
  if (printing && curves) layout.height = parseInt(style.getPropertyValue("--wide"), 10);
  if (curves) {
    const columns = printing ? 3 : Number(style.getPropertyValue("--columns"));
    layout.grid.columns = columns;
    layout.grid.rows = Math.ceil(layout.annotations.length / columns);
    if (printing) layout.annotations.forEach((title) => (title.font.size = 10));
  }
  Plotly.react(area, figure.data, layout, { displayModeBar: false, displaylogo: false });
  if (!area.dataset.drawn) {
    area.dataset.drawn = "yes";
    area.on?.("plotly_click", (event) => {
      const target = event.points[0]?.customdata;
      if (target != null) hooks.click.some((act) => act(target));
    });
  }
  hooks.drawn.forEach((act) => act(area, layout));
};
const drawAgain = () => shown.forEach((area) => area.clientWidth && draw(area));

const watch = () => {
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        seen.unobserve(entry.target);
        shown.add(entry.target);
        draw(entry.target);
      }
    },
    { rootMargin: "400px 0px" },
  );
  areas.forEach((area) => seen.observe(area));

  let width = innerWidth;
  let pause = 0;
  addEventListener("resize", () => {
    if (innerWidth === width) return; // a phone's address bar came or went
    width = innerWidth;
    clearTimeout(pause);
    pause = setTimeout(drawAgain, 120);
  });
  // What is folded may have missed a change of width or colours.
  document.querySelectorAll("details").forEach((item) =>
    item.addEventListener("toggle", () => {
      if (item.open) areas.filter((area) => item.contains(area) && shown.has(area)).forEach(draw);
    }),
  );
  dark.addEventListener("change", drawAgain);

  let folded = [];
  addEventListener("beforeprint", () => {
    printing = true;
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach((item) => (item.open = true));
    areas.forEach((area) => shown.add(area));
    areas.forEach(draw);
  });
  addEventListener("afterprint", () => {
    printing = false;
    folded.forEach((item) => (item.open = false));
    drawAgain();
  });
};

const loadPlotly = async () => {
  if (document.getElementById("plotly")) {
    // The page's security policy names this text by its hash: nothing else can be run.
    const script = document.createElement("script");
    script.textContent = await unpack("plotly");
    document.head.append(script);
  } else if (document.readyState !== "complete") {
    await new Promise((done) => addEventListener("load", done)); // a file beside the page
  }
  if (!window.Plotly) throw new Error("the file plotly-….min.js is not beside this page");
};

const start = async () => {
  openTarget();
  if (!("DecompressionStream" in window)) {
    say("The figures need a newer browser; everything else can be read in this one.");
    return;
  }
  try {
    payload = JSON.parse(await unpack("payload"));
    hooks.ready.forEach((act) => act(payload.data));
    document.documentElement.classList.add("ready");
    if (areas.length === 0) return;
    await loadPlotly();
    watch();
  } catch (error) {
    say(`The figures could not be drawn: ${error.message}`);
  }
};

hooks.click.push((target) => {
  if (typeof target !== "number") return false;
  if (location.hash === `#rep-${target}`) openTarget();
  else location.hash = `rep-${target}`;
  return true;
});
