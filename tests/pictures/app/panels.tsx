// The panels of a dashboard, of Grafana's own components. A state timeline is drawn by us: its component is not published.
import {
  DataFrame, dateTime, FieldDisplay, getDisplayValueAlignmentFactors, getFieldDisplayName, getFieldDisplayValues, GrafanaTheme2,
  getTimeZone, TimeRange, VizOrientation,
} from '@grafana/data';
import { BarGauge, BigValue, Table, TimeSeries, VizRepeater } from '@grafana/ui';
import type { ReactElement } from 'react';
import type { Panel } from './data';

interface Box { panel: Panel; frames: DataFrame[]; theme: GrafanaTheme2; range: TimeRange; width: number; height: number }

function values({ panel, frames, theme }: Box, sparkline: boolean): FieldDisplay[] {
  return getFieldDisplayValues({
    fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions, replaceVariables: (text: string) => text, theme,
    data: frames, sparkline, timeZone: getTimeZone(),
  });
}

function Stat(box: Box) {
  const { panel: { options }, theme } = box;
  const found = values(box, options.graphMode !== 'none');
  return (
    <VizRepeater
      width={box.width} height={box.height} source={found} getValues={() => found} autoGrid orientation={VizOrientation.Auto}
      itemSpacing={3} renderCounter={0}
      renderValue={({ value, width, height, count }: any) => (
        <BigValue
          value={value.display} sparkline={value.sparkline} count={count} colorMode={options.colorMode} graphMode={options.graphMode}
          justifyMode={options.justifyMode} textMode={options.textMode} theme={theme}
          width={width} height={height} alignmentFactors={getDisplayValueAlignmentFactors(found)}
        />
      )}
    />
  );
}

function Bars(box: Box) {
  const { panel: { options }, theme } = box;
  const found = values(box, false);
  return (
    <VizRepeater
      width={box.width} height={box.height} source={found} getValues={() => found} orientation={options.orientation}
      renderCounter={0} minVizWidth={options.minVizWidth} minVizHeight={options.minVizHeight} maxVizHeight={options.maxVizHeight}
      itemSpacing={10}
      renderValue={({ value, width, height, alignmentFactors }: any) => (
        <BarGauge
          value={value.display} width={width} height={height} field={value.field} theme={theme} itemSpacing={10} lcdCellWidth={8}
          display={value.view?.getFieldDisplayProcessor(value.colIndex)} displayMode={options.displayMode}
          orientation={options.orientation} valueDisplayMode={options.valueMode} namePlacement={options.namePlacement}
          showUnfilled={options.showUnfilled} text={options.text} alignmentFactors={alignmentFactors}
        />
      )}
      getAlignmentFactors={(all: FieldDisplay[]) => getDisplayValueAlignmentFactors(all)}
    />
  );
}

function Cells({ panel, frames, width, height }: Box) {
  if (!frames.length || !frames[0].length) {
    return <Nothing />;
  }
  return (
    <Table
      data={frames[0]} width={width} height={height} noHeader={!panel.options.showHeader} showTypeIcons={false} resizable
      initialSortBy={panel.options.sortBy} cellHeight={panel.options.cellHeight} timeRange={undefined as any}
    />
  );
}

function Lines({ panel, frames, width, height, range }: Box) {
  if (!frames.length) {
    return <Nothing />;
  }
  return (
    <TimeSeries
      frames={frames} structureRev={1} timeRange={range} timeZone={getTimeZone()} width={width} height={height}
      legend={panel.options.legend} options={panel.options}
    />
  );
}

function Timeline({ frames, theme, range, width, height }: Box) {
  const begin = range.from.valueOf(), span = range.to.valueOf() - begin, names = 100;
  const row = Math.min(60, (height - 30) / Math.max(1, frames.length));
  return (
    <div style={{ position: 'relative', width, height }}>
      {frames.map((frame, number) => {
        const [time, value] = frame.fields;
        const show = value.display!;
        const at = (index: number) => names + ((time.values[index] - begin) / span) * (width - names);
        const starts = value.values.map((_: number, index: number) => index)
          .filter((index: number) => index === 0 || value.values[index] !== value.values[index - 1]);
        return (
          <div key={number}>
            <div style={{ position: 'absolute', top: number * row, height: row, lineHeight: `${row}px`, fontSize: 12 }}>
              {getFieldDisplayName(value, frame, frames)}
            </div>
            {starts.map((index: number, place: number) => {
              const left = at(index), right = at(starts[place + 1] ?? frame.length - 1), shown = show(value.values[index]);
              return (
                <div key={index} style={{
                  position: 'absolute', left, width: Math.max(1, right - left), top: number * row + row * 0.1, height: row * 0.8,
                  lineHeight: `${row * 0.8}px`, background: shown.color, color: theme.colors.getContrastText(shown.color ?? '#000'),
                  overflow: 'hidden', paddingLeft: 6, fontSize: 12, boxSizing: 'border-box', whiteSpace: 'nowrap',
                }}>{shown.text}</div>
              );
            })}
          </div>
        );
      })}
      <div style={{ position: 'absolute', bottom: 0, left: names, fontSize: 12, color: theme.colors.text.secondary }}>
        {dateTime(range.from).format('DD.MM HH:mm')} … {dateTime(range.to).format('DD.MM HH:mm')}
      </div>
    </div>
  );
}

function Nothing() {
  return <div style={{ display: 'flex', height: '100%', alignItems: 'center', justifyContent: 'center' }}>No data</div>;
}

const KINDS: Record<string, (box: Box) => ReactElement> = {
  stat: Stat, bargauge: Bars, table: Cells, timeseries: Lines, 'state-timeline': Timeline,
};

export function Content(box: Box) {
  return KINDS[box.panel.type](box);
}
