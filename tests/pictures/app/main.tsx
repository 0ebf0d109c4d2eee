// One dashboard, as Grafana lays it out: its grid, or one column on a narrow screen. The bars at the top are only alike.
import { createTheme, DataFrame, dateTime, GrafanaTheme2, setTimeZoneResolver, systemDateFormats, ThemeContext, TimeRange } from '@grafana/data';
import { GlobalStyles, PanelChrome } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import { Answer, framesOf, Panel } from './data';
import { Content } from './panels';

interface Given {
  dashboard: { title: string; panels: Panel[] };
  answers: Record<string, Record<string, Answer>>; // by panel and query
  variables: Array<{ label: string; text: string }>;
  texts: Record<string, string>; // of variables in titles
  range: { from: number; to: number; text: string };
  theme: 'dark' | 'light';
  zone: string;
}

const CELL = 30, GAP = 8, NARROW = 769, BARS = 96;
const given: Given = (window as any).GIVEN;
setTimeZoneResolver(() => given.zone);
systemDateFormats.useBrowserLocale();
const theme: GrafanaTheme2 = createTheme({ colors: { mode: given.theme } });
const range: TimeRange = {
  from: dateTime(given.range.from * 1000), to: dateTime(given.range.to * 1000), raw: { from: 'now-7d', to: 'now' },
};

function place(panel: Panel, above: number) {
  const width = window.innerWidth - 2 * GAP, { x, y, w, h } = panel.gridPos, height = h * (CELL + GAP) - GAP;
  if (window.innerWidth < NARROW) {
    return { left: 0, top: above, width, height };
  }
  const column = (width + GAP) / 24;
  return { left: x * column, top: y * (CELL + GAP), width: w * column - GAP, height };
}

function Bars() {
  const chip = { border: `1px solid ${theme.colors.border.medium}`, borderRadius: 2, padding: '4px 8px', marginRight: 8, fontSize: 12 };
  return (
    <div style={{ height: BARS - GAP, boxSizing: 'border-box', padding: `0 ${GAP}px`, color: theme.colors.text.primary, overflow: 'hidden' }}>
      <div style={{ height: 40, display: 'flex', alignItems: 'center', justifyContent: 'space-between', whiteSpace: 'nowrap' }}>
        <span style={{ fontSize: 16 }}>{given.dashboard.title}</span><span style={chip}>{given.range.text}</span>
      </div>
      <div style={{ height: 48, display: 'flex', alignItems: 'center', whiteSpace: 'nowrap' }}>
        {given.variables.map(({ label, text }) => (
          <span key={label} style={chip}><span style={{ color: theme.colors.text.secondary }}>{label}</span> {text}</span>
        ))}
      </div>
    </div>
  );
}

function One({ panel, frames, box }: { panel: Panel; frames: DataFrame[]; box: ReturnType<typeof place> }) {
  const title = panel.title.replace(/\$\{(\w+):text\}/g, (_, name) => given.texts[name]);
  if (panel.type === 'row') {
    return <div style={{ position: 'absolute', ...box, color: theme.colors.text.primary, fontSize: 16, lineHeight: '30px' }}>{title}</div>;
  }
  return (
    <div style={{ position: 'absolute', ...box }}>
      <PanelChrome title={title} width={box.width} height={box.height} padding="md">
        {(width, height) => <Content {...{ panel, frames, theme, range, width, height }} />}
      </PanelChrome>
    </div>
  );
}

async function start() {
  const drawn = [];
  let above = 0;
  for (const panel of given.dashboard.panels) {
    const box = place(panel, above);
    above = box.top + box.height + GAP;
    drawn.push({ panel, box, frames: panel.type === 'row' ? [] : await framesOf(panel, given.answers[panel.id], theme) });
  }
  document.body.style.background = theme.colors.background.canvas;
  createRoot(document.getElementById('root')!).render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <Bars />
      <div style={{ position: 'relative', margin: `0 ${GAP}px` }}>
        {drawn.map(({ panel, frames, box }) => <One key={panel.id} panel={panel} frames={frames} box={box} />)}
      </div>
    </ThemeContext.Provider>,
  );
}

start();
