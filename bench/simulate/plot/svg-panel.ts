export interface Series {
  readonly name: string;
  /** One for each fleet size. */
  readonly values: readonly number[];
  readonly style: string;
}

export interface Axis {
  /** From the lowest to the highest value shown. */
  readonly ticks: readonly number[];
  readonly isLog: boolean;
}

export interface Panel {
  readonly left: number;
  readonly title: string;
  readonly note: string;
  /** Along the other axis, which is logarithmic. */
  readonly fleets: readonly number[];
  readonly axis: Axis;
  readonly series: readonly Series[];
}

const [top, width, height] = [64, 370, 260];

/** Round steps from 0 to at least `most`. */
export const linearTicks = (most: number): readonly number[] => {
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [0.2, 0.5, 1, 2].map((part) => part * power).find((size) => size * 6 >= most);
  const size = step ?? 2 * power;
  return Array.from({ length: Math.ceil(most / size) + 1 }, (_, index) => index * size);
};

const round = (value: number): string => value.toFixed(1).replace(/\.0$/, '');

/** Apart by shape too, for who does not see the colours. */
const marker = (x: number, y: number, index: number): string => {
  const shapes = [
    `<circle cx="${round(x)}" cy="${round(y)}" r="4"/>`,
    `<rect x="${round(x - 4)}" y="${round(y - 4)}" width="8" height="8"/>`,
    `<path d="M${round(x)} ${round(y - 5)}l5 9h-10z"/>`,
    `<path d="M${round(x)} ${round(y - 5.5)}l5.5 5.5-5.5 5.5-5.5-5.5z"/>`,
    `<path d="M${round(x)} ${round(y + 5)}l5-9h-10z"/>`,
  ];
  return shapes[index % shapes.length] ?? '';
};

const swatch = (series: Series, index: number, x: number, y: number): string =>
  `<g class="${series.style}"><path class="line" d="M${x} ${y}h28"/>${
    series.style === 'bound'
      ? ''
      : `<g fill="currentColor" stroke="none">${marker(x + 14, y, index)}</g>`
  }</g>`;

/** One plot with its axes, lines and legend. */
export const panel = ({ left, title, note, fleets, axis, series }: Panel): string => {
  const bottom = top + height;
  const [low, high] = [axis.ticks[0] ?? 0, axis.ticks.at(-1) ?? 1];
  const scale = (value: number) => (axis.isLog ? Math.log10(Math.max(value, low)) : value);
  const y = (value: number) =>
    bottom - ((scale(value) - scale(low)) / (scale(high) - scale(low))) * height;
  const widest = Math.log10(fleets.at(-1) ?? 10) || 1;
  const x = (fleet: number) => left + (Math.log10(fleet) / widest) * width;
  const format = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 3 });

  const rows = axis.ticks.map(
    (tick) =>
      `<path class="grid" d="M${left} ${round(y(tick))}h${width}"/><text x="${left - 8}" y="${round(y(tick) + 4)}" text-anchor="end">${format(tick)}</text>`,
  );
  const columns = fleets.map(
    (fleet) =>
      `<path class="axis" d="M${round(x(fleet))} ${bottom}v5"/><text x="${round(x(fleet))}" y="${bottom + 20}" text-anchor="middle">${format(fleet)}</text>`,
  );
  const lines = series.map(({ values, style }, index) => {
    const points = values.map((value, at) => [x(fleets[at] ?? 1), y(value)] as const);
    const path = points.map(([px, py]) => `${round(px)} ${round(py)}`).join('L');
    const marks = style === 'bound' ? '' : points.map(([px, py]) => marker(px, py, index)).join('');
    return `<g class="${style}"><path class="line" d="M${path}"/><g fill="currentColor" stroke="none">${marks}</g></g>`;
  });
  const legend = series.map((one, index) => {
    const [lx, ly] = [left + (index % 2) * 205, bottom + 72 + Math.floor(index / 2) * 24];
    return `${swatch(one, index, lx, ly)}<text x="${lx + 36}" y="${ly + 4}">${one.name}</text>`;
  });
  return `<g>
<text class="title" x="${left}" y="26">${title}</text>
<text class="note" x="${left}" y="46">${note}</text>
${rows.join('\n')}
<path class="axis" d="M${left} ${top}v${height}h${width}"/>
${columns.join('\n')}
<text class="note" x="${left + width / 2}" y="${bottom + 42}" text-anchor="middle">processes</text>
${lines.join('\n')}
${legend.join('\n')}
</g>`;
};
