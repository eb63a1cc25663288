// A HEALPix map (RING, Galactic) drawn at whatever part and resolution is looked at, in Mollweide's projection.
// Every pixel of the picture, and every value told, is the map's own: nothing is interpolated.
window.skymodel = (() => {
  const RIGHT = 2 * Math.SQRT2, TOP = Math.SQRT2, DEGREE = Math.PI / 180;

  // Gorski et al. 2005, section 4.1: the RING index of the pixel that holds a direction.
  function pixel(nside, lon, lat) {
    const z = Math.sin(lat * DEGREE), za = Math.abs(z);
    const tt = (((lon * DEGREE) / (Math.PI / 2)) % 4 + 4) % 4;
    if (za <= 2 / 3) {
      const low = Math.floor(nside * (0.5 + tt - z * 0.75)), high = Math.floor(nside * (0.5 + tt + z * 0.75));
      const ring = nside + 1 + low - high, shift = 1 - (ring & 1);
      let column = (low + high - nside + shift + 1) >> 1;
      column = ((column % (4 * nside)) + 4 * nside) % (4 * nside);
      return 2 * nside * (nside - 1) + (ring - 1) * 4 * nside + column;
    }
    const tp = tt - Math.floor(tt), away = nside * Math.sqrt(3 * (1 - za));
    const ring = Math.floor(tp * away) + Math.floor((1 - tp) * away) + 1;
    const column = Math.min(Math.floor(tt * ring), 4 * ring - 1);
    return z > 0 ? 2 * ring * (ring - 1) + column : 12 * nside * nside - 2 * ring * (ring + 1) + column;
  }

  function place(x, y) {
    const s = y / TOP;
    if (Math.abs(s) > 1) return null;
    const angle = Math.asin(s), flat = Math.cos(angle);
    const lat = Math.asin((2 * angle + Math.sin(2 * angle)) / Math.PI) / DEGREE;
    const lon = flat > 1e-9 ? (-180 * x) / (RIGHT * flat) : 0;
    return Math.abs(lon) <= 180 ? [lon, lat] : null;
  }

  const state = (sky) => sky.figure.tags[0]; // {nside, note, bands}

  function value(sky, lon, lat) {
    const band = state(sky).bands[sky.band], shape = sky.source.data[band.shape], off = sky.source.data[band.shape + "_error"];
    const at = pixel(state(sky).nside, lon, lat), here = shape[at] * band.scale;
    return { value: here, numerical: off[at] * Math.abs(here), measured: band.measured * Math.abs(here), unit: band.unit };
  }

  // Which pixel of the map each pixel of the picture shows, -1 beyond the sky: kept until the view changes.
  function shown(sky, nside, width, height) {
    const { start: left, end: right } = sky.x, { start: low, end: high } = sky.y;
    const view = [nside, width, height, left, right, low, high].join();
    if (sky.view === view) return sky.pixels;
    const pixels = new Int32Array(width * height).fill(-1);
    for (let j = 0; j < height; j++) {
      const y = low + ((j + 0.5) / height) * (high - low);
      for (let i = 0; i < width; i++) {
        const at = place(left + ((i + 0.5) / width) * (right - left), y);
        if (at !== null) pixels[j * width + i] = pixel(nside, at[0], at[1]);
      }
    }
    return Object.assign(sky, { view, pixels }).pixels;
  }

  function draw(sky) {
    const { start: left, end: right } = sky.x, { start: low, end: high } = sky.y;
    const width = Math.min(1000, Math.max(300, Math.round(sky.figure.inner_width || 700)));
    const height = Math.min(600, Math.max(150, Math.round(sky.figure.inner_height || 350)));
    const { nside, bands } = state(sky), band = bands[sky.band], shape = sky.source.data[band.shape];
    const pixels = shown(sky, nside, width, height), scale = band.scale, image = new Float32Array(pixels.length);
    for (let i = 0; i < pixels.length; i++) image[i] = pixels[i] < 0 ? NaN : shape[pixels[i]] * scale;
    const Grid = sky.picture.data.image[0].constructor; // an array with a shape
    sky.picture.data = { image: [new Grid(image, [height, width])], x: [left], y: [low], dw: [right - left], dh: [high - low] };
  }

  function colour(sky) {
    const band = state(sky).bands[sky.band], log = sky.scale === "log" && !(band.floor < 0);
    const mapper = log ? sky.log : sky.linear;
    mapper.low = log ? band.low : band.floor;
    mapper.high = band.high;
    sky.glyph.color_mapper = mapper;
    sky.bar.color_mapper = mapper;
    sky.bar.title = `${band.title} [${band.unit}]`;
  }

  function error(number) {
    return Number.isFinite(number) ? number.toExponential(0) : "not known";
  }

  // What is told at a place: rows of [name, text].
  function told(sky, lon, lat) {
    const found = value(sky, lon, lat);
    const rows = [["l, b", `${((lon + 360) % 360).toFixed(2)}°, ${lat.toFixed(2)}°`]];
    if (!(found.value > -1e30)) return [...rows, ["value", "masked"]];
    rows.push(["value", `${found.value.toPrecision(6)} ${found.unit}`]);
    if (found.measured > 0) rows.push(["measured", `± ${error(found.measured)}`]);
    return [...rows, ["numerical", `± ${error(found.numerical)}`], ...(state(sky).note ? [["note", state(sky).note]] : [])];
  }

  // Ties a sky to the form that steers it; called once the page's charts stand.
  function start(sky) {
    const form = document.querySelector(`form[data-sky="${sky.name}"]`);
    let waiting = 0;
    const redraw = () => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(() => draw(sky));
    };
    const look = (left, right, low, high) => {
      Object.assign(sky.x, { start: left, end: right });
      Object.assign(sky.y, { start: low, end: high });
    };
    for (const range of [sky.x, sky.y]) for (const end of ["start", "end"]) range.properties[end].change.connect(redraw);
    const tell = () => {
      const rows = told(sky, Number(form.elements.lon.value), Math.max(-90, Math.min(90, Number(form.elements.lat.value))));
      form.elements.value.textContent = rows.slice(1).map(([name, text]) => `${name === "value" ? "" : name + " "}${text}`).join("; ");
    };
    form.elements.band.addEventListener("change", () => { sky.band = form.elements.band.value; colour(sky); redraw(); tell(); });
    form.elements.scale.addEventListener("change", () => { sky.scale = form.elements.scale.value; colour(sky); redraw(); });
    form.elements.whole.addEventListener("click", () => look(-1.02 * RIGHT, 1.02 * RIGHT, -1.02 * TOP, 1.02 * TOP));
    form.elements.inner.addEventListener("click", () => look((-45 / 180) * RIGHT, (45 / 180) * RIGHT, -0.354, 0.354));
    for (const name of ["lon", "lat"]) form.elements[name].addEventListener("input", tell);
    sky.tell = tell;
    renew(sky);
  }

  // The map has changed.
  function renew(sky) {
    colour(sky);
    draw(sky);
    if (sky.tell) sky.tell();
    sky.drawn = (sky.drawn ?? 0) + 1;
  }

  function hover(sky, x, y, kind) {
    const at = place(x, y);
    if (at === null) return "";
    const rows = Object.fromEntries(told(sky, at[0], at[1]));
    return { place: `l, b = ${rows["l, b"]}`, value: rows.value, measured: rows.measured ? `${rows.measured} (measured)` : "", numerical: rows.numerical ? `${rows.numerical} (numerical)${state(sky).note ? "; " + state(sky).note : ""}` : "" }[kind];
  }

  return { pixel, place, value, draw, told, hover, start, renew, skies: {} };
})();
