"use strict";
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const areas = [...document.querySelectorAll("[data-figure]")];
  const shown = new Set();
  const PRINT_WIDTH = 640;
  let payload = null;
  let printing = false;

  const say = (text) => {
    const line = document.getElementById("trouble");
    line.textContent = text;
    line.hidden = false;
  };

  // A repetition that is linked to unfolds, whoever asks for it.
  const openTarget = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) {
      target.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", openTarget);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (link && link.hash === location.hash) openTarget();
  });

  const unpack = async (id) => {
    const coded = atob(document.getElementById(id).textContent);
    const bytes = Uint8Array.from(coded, (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  };

  const recoloured = (value) => {
    if (typeof value === "string") return payload.dark[value] ?? value;
    if (Array.isArray(value)) {
      return typeof value[0] === "object" ? value.map(recoloured) : value;
    }
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, recoloured(item)]));
  };

  const draw = (area) => {
    const plain = payload.figures[area.dataset.figure];
    const figure = structuredClone(dark.matches && !printing ? recoloured(plain) : plain);
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
    }
    Plotly.react(area, figure.data, layout, { displayModeBar: false, displaylogo: false });
    if (!area.dataset.drawn) {
      area.dataset.drawn = "yes";
      area.on?.("plotly_click", (event) => {
        const rep = event.points[0]?.customdata;
        if (rep == null) return;
        if (location.hash === `#rep-${rep}`) openTarget();
        else location.hash = `rep-${rep}`;
      });
    }
  };
  const redraw = () => shown.forEach((area) => area.clientWidth && draw(area));

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
      pause = setTimeout(redraw, 120);
    });
    // A folded repetition may have missed a change of width or colours.
    document.querySelectorAll("details").forEach((item) =>
      item.addEventListener("toggle", () => {
        if (item.open) areas.filter((area) => item.contains(area) && shown.has(area)).forEach(draw);
      }),
    );
    dark.addEventListener("change", redraw);

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
      redraw();
    });
  };

  const start = async () => {
    openTarget();
    if (areas.length === 0) return;
    if (!("DecompressionStream" in window)) {
      say("The curves need a newer browser; everything else can be read in this one.");
      return;
    }
    const [data, code] = await Promise.all([unpack("payload"), unpack("plotly")]);
    payload = JSON.parse(data);
    // The page's security policy names this text by its hash: nothing else can be run.
    const script = document.createElement("script");
    script.textContent = code;
    document.head.append(script);
    watch();
  };
  start().catch((error) => say(`The curves could not be drawn: ${error.message}`));
})();
