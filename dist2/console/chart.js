import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { formatShort } from './format.js';
import { html } from './html.js';

const heightPx = 220;

/** The page's own colours, which follow light and dark. */
function coloursOf(element) {
  const style = getComputedStyle(element);
  const read = (name) => style.getPropertyValue(name).trim();
  return { series: [read('--chart-1'), read('--chart-2')], text: read('--chart-text'), line: read('--chart-line') };
}

/** Bars side by side: each series takes its half of the day. */
function barsOf(index, count) {
  const align = count === 1 ? 0 : index === 0 ? -1 : 1;
  return uPlot.paths.bars({ size: [count === 1 ? 0.6 : 0.38, 28], align, radius: 0.15 });
}

function optionsFor(element, series) {
  const colours = coloursOf(element);
  const axis = {
    stroke: colours.text,
    grid: { stroke: colours.line, width: 1 },
    ticks: { stroke: colours.line, width: 1 },
  };
  return {
    width: element.clientWidth,
    height: heightPx,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    cursor: { y: false, drag: { x: false, y: false } },
    legend: { live: false },
    scales: {
      x: { range: (_chart, from, to) => [from - 43_200, to + 43_200] },
      y: { range: (_chart, _from, to) => [0, to || 1] },
    },
    axes: [
      { ...axis, grid: { show: false }, values: '{D} {MMM}', space: 60 },
      { ...axis, values: (_chart, ticks) => ticks.map(formatShort), size: 56 },
    ],
    series: [
      {},
      ...series.map(({ title }, index) => ({
        label: title,
        stroke: colours.series[index],
        fill: colours.series[index],
        width: 0,
        points: { show: false },
        paths: barsOf(index, series.length),
      })),
    ],
  };
}

/**
 * Bars by day. A screen reader has `label`; the numbers belong in a table beside it.
 *
 * @param {{ label: string, times: readonly number[], series: readonly { title: string, values: readonly number[] }[] }} props
 *   `times` in Unix seconds
 */
export function Chart({ label, times, series }) {
  const place = useRef();
  useEffect(() => {
    const element = place.current;
    let chart;
    const draw = () => {
      chart?.destroy();
      chart = new uPlot(optionsFor(element, series), [times, ...series.map(({ values }) => values)], element);
    };
    draw();
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: heightPx }));
    observer.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', draw);
      chart.destroy();
    };
  }, [label]);
  return html`<figure class="chart" role="img" aria-label=${label}><div ref=${place} aria-hidden="true"></div></figure>`;
}
