import { make } from './view.js';

const SVG = 'http://www.w3.org/2000/svg';
const WINDOW_MS = 5 * 60_000;
const [WIDTH, HEIGHT] = [300, 54];

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 */
function shape(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/**
 * A small plot of the last five minutes. A value of null is a gap.
 * @param {string} title
 * @param {(value: number) => string} show
 * @param {{ alarm?: boolean }} [options]
 */
export function plot(title, show, { alarm } = {}) {
  /** @type {{ at: number, value: number | null }[]} */
  const points = [];
  const output = make('output', { 'aria-hidden': 'true' }, '–');
  const area = shape('path', { class: 'area' });
  const line = shape('path', { class: 'line' });
  const picture = shape('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': title });
  picture.append(shape('line', { class: 'base', x1: '0', x2: `${WIDTH}`, y1: `${HEIGHT}`, y2: `${HEIGHT}` }), area, line);
  const highest = make('span', {}, '');
  const root = make('div', { className: 'plot' }, make('h3', {}, title), output, picture, make('p', {}, make('span', {}, 'last 5 min'), highest));

  return {
    root,
    /** @param {number | null} value */
    add(value) {
      const now = Date.now();
      points.push({ at: now, value });
      while (points[0] && points[0].at < now - WINDOW_MS) points.shift();
      const values = points.flatMap(point => (point.value === null ? [] : [point.value]));
      const top = Math.max(1, ...values);
      /** @type {string[]} */
      const parts = [];
      /** @type {string[]} */
      const fills = [];
      let run = '';
      let begin = 0;
      let last = 0;
      const end = () => {
        if (run) fills.push(`M${begin} ${HEIGHT}${run.replace('M', 'L')}L${last} ${HEIGHT}Z`);
        run = '';
      };
      for (const point of points) {
        if (point.value === null) {
          end();
          continue;
        }
        last = Math.round((1 - (now - point.at) / WINDOW_MS) * WIDTH * 10) / 10;
        const y = Math.round((HEIGHT - (point.value / top) * (HEIGHT - 3)) * 10) / 10;
        if (!run) begin = last;
        const step = `${run ? 'L' : 'M'}${last} ${y}`;
        run += step;
        parts.push(step);
      }
      end();
      line.setAttribute('d', parts.join(''));
      area.setAttribute('d', fills.join(''));
      const text = value === null ? '–' : show(value);
      output.textContent = text;
      highest.textContent = values.length ? `highest ${show(Math.max(...values))}` : '';
      picture.setAttribute('aria-label', `${title}: ${value === null ? 'unknown' : text} now, ${values.length ? show(Math.max(...values)) : 'nothing'} at most in the last five minutes`);
      root.classList.toggle('alarm', !!alarm && (value ?? 0) > 0);
    },
  };
}
