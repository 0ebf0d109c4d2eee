// What a dashboard of ours may be made of, in the types that Grafana publishes: the classic model, with the panels, options
// and queries that we use. `make-schema` derives tests/checks/grafana.schema.json from it.
import type * as common from '@grafana/schema';
import type {
  Dashboard, FieldConfig, FieldConfigSource, Panel, RowPanel, VariableModel,
} from '@grafana/schema/dist/esm/raw/dashboard/x/dashboard_types.gen';
import type { Options as BarGaugeOptions } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type {
  FieldConfig as TimelineField, Options as TimelineOptions,
} from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type { Options as TableOptions } from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type { Options as SeriesOptions } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

/** Of the data source of Prometheus, whose types are not published: what we set. */
interface PrometheusQuery {
  refId: string;
  datasource: { type: 'prometheus'; uid: '${datasource}' };
  editorMode: 'code';
  expr: string;
  format: 'time_series' | 'table';
  instant: boolean;
  range: boolean;
  legendFormat: string;
}

// Each panel's options are called Options there: under names of their own they can stand in one schema.
interface StatSettings extends StatOptions {}
interface BarGaugeSettings extends BarGaugeOptions {}
interface TableSettings extends Omit<TableOptions, 'frameIndex'> { frameIndex?: number }
interface SeriesSettings extends SeriesOptions {}
interface TimelineSettings extends TimelineOptions {}
interface TimelineCustom extends TimelineField {}

type Field<Custom> = Omit<FieldConfig, 'custom'> & { custom: Custom };
type Source<Custom> = Omit<FieldConfigSource, 'defaults'> & { defaults: Field<Custom> };

interface PanelOf<Type extends string, Options> extends Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets' | 'id'> {
  id: number;
  type: Type;
  options: Options;
  targets: PrometheusQuery[];
}
interface Stat extends PanelOf<'stat', StatSettings> { fieldConfig: FieldConfigSource }
interface BarGauge extends PanelOf<'bargauge', BarGaugeSettings> { fieldConfig: FieldConfigSource }
interface Table extends PanelOf<'table', TableSettings> {
  fieldConfig: Source<Omit<common.TableFieldOptions, 'inspect'> & { inspect?: boolean }>;
}
interface TimeSeries extends PanelOf<'timeseries', SeriesSettings> { fieldConfig: Source<common.GraphFieldConfig> }
interface Timeline extends PanelOf<'state-timeline', TimelineSettings> { fieldConfig: Source<TimelineCustom> }

/** A query of the data source of Prometheus, as Grafana saves it. */
interface Variable extends Omit<VariableModel, 'query'> {
  query?: string | { query: string; refId: string };
  definition?: string;
  allValue?: string;
}

export interface KpistreamDashboard extends Omit<Dashboard, 'panels' | 'templating' | 'id'> {
  uid: string;
  title: string;
  panels: Array<Stat | BarGauge | Table | TimeSeries | Timeline | RowPanel>;
  templating: { list: Variable[] };
}
