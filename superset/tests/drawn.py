"""What a browser shows of the dashboards."""

import statistics

from deploy import assets
from loaded import Dashboards

FILES = assets.read()

# Notes what is painted on each canvas since it was last wiped, in pixels of the canvas: circles are
# points, rectangles are bars and cells, lines go from where to where.
NOTE_MARKS = """
(() => {
  const proto = CanvasRenderingContext2D.prototype;
  const place = (brush, x, y) => {
    const t = brush.getTransform();
    return [t.a * x + t.c * y + t.e, t.b * x + t.d * y + t.f];
  };
  const note = (name, describe) => {
    const original = proto[name];
    proto[name] = function (...a) {
      if (a.slice(0, 2).every(Number.isFinite)) {
        const mark = describe(this, a);
        if (mark) (this.canvas.marks ??= []).push(mark);
      }
      return original.apply(this, a);
    };
  };
  note('arc', (brush, [x, y, radius]) => ({
    kind: 'point', colour: brush.strokeStyle, at: place(brush, x, y),
    size: Math.round(10 * radius * brush.getTransform().a) / 10,
  }));
  note('rect', (brush, [x, y, width, height]) => ({
    kind: 'rectangle', colour: brush.fillStyle, at: place(brush, x + width / 2, y + height / 2),
    size: Math.round(10 * Math.abs(width * brush.getTransform().a)) / 10,
    height: Math.abs(height * brush.getTransform().d),
  }));
  note('moveTo', (brush, [x, y]) => { brush.canvas.pen = place(brush, x, y); });
  note('lineTo', (brush, [x, y]) => {
    const from = brush.canvas.pen, at = place(brush, x, y);
    brush.canvas.pen = at;
    return from && {kind: 'line', colour: brush.strokeStyle, from, at};
  });
  const clear = proto.clearRect;
  proto.clearRect = function (...a) {
    this.canvas.marks = [];
    return clear.apply(this, a);
  };
})();
"""

MARKS_BY_TITLE = """
() => Object.fromEntries(
  [...document.querySelectorAll('.dashboard-component-chart-holder')]
    .filter(holder => holder.querySelector('canvas'))
    .map(holder => [
      holder.querySelector('.header-title').innerText.trim(),
      [...holder.querySelectorAll('canvas')].flatMap(canvas => canvas.marks ?? []),
    ])
)
"""


TILES_BY_TITLE = """
() => Object.fromEntries(
  [...document.querySelectorAll('.dashboard-component-chart-holder')]
    .filter(holder => holder.querySelector('.header-line'))
    .map(holder => [holder.querySelector('.header-title').innerText.trim(), {
      date: holder.querySelector('.kicker')?.innerText.trim() ?? '',
      figure: holder.querySelector('.header-line').innerText.trim(),
      change: holder.querySelector('.subheader-line')?.innerText.trim() ?? '',
    }])
)
"""

DESCRIPTIONS_BY_TITLE = """
() => Object.fromEntries(
  [...document.querySelectorAll('.chart-slice')].map(chart => [
    chart.querySelector('.header-title').innerText.trim(),
    chart.querySelector('.dashboard-chart').getAttribute('aria-label'),
  ])
)
"""


def opened(dashboards: Dashboards, page, name: str) -> dict[str, list[dict]]:
    """What is painted on the canvases of a dashboard once it is all there, by the chart's title."""
    board = board_of(name)
    page.goto(f"{dashboards.superset.address()}/superset/dashboard/{board['slug']}/")
    page.wait_for_function(
        "n => [...document.querySelectorAll('.dashboard-component-chart-holder')]"
        ".filter(holder => holder.querySelector('canvas, table, .header-line')"
        " || holder.innerText.includes('No results were returned')).length >= n",
        arg=len(charts_of(board)),
    )
    page.wait_for_load_state("networkidle")
    # Lines and bars grow for a second, of the browser's time.
    drawn = None
    while drawn != (drawn := page.evaluate(MARKS_BY_TITLE)):
        page.wait_for_timeout(2000)
    return drawn


def board_of(name: str) -> dict:
    return FILES[f"dashboards/{name}.yaml"]


def charts_of(board: dict) -> list[str]:
    parts = [part for part in board["position"].values() if isinstance(part, dict)]
    return sorted(part["meta"]["sliceName"] for part in parts if part["type"] == "CHART")


def params_of(title: str) -> dict:
    return next(c["params"] for c in FILES.values() if c.get("slice_name") == title)


def points(marks: list[dict], colour: str = "") -> list[list[float]]:
    """The middles of the data's circles; those of a legend have another size."""
    circles = [m for m in marks if m["kind"] == "point" and m["colour"].startswith("#")]
    size = statistics.mode(m["size"] for m in circles)
    return [m["at"] for m in circles if m["size"] == size and (not colour or m["colour"] == colour)]
