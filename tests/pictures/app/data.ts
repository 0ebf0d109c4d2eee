// From answers of Prometheus to what a panel draws, on the way that Grafana goes: frames, transformations, field overrides.
import {
  applyFieldOverrides, ConfigOverrideRule, createTheme, DataFrame, DataTransformerConfig, displayNameOverrideProcessor,
  FieldConfigSource, FieldType, getTimeZone, GrafanaTheme2, identityOverrideProcessor, numberOverrideProcessor, Registry,
  standardTransformers, standardTransformersRegistry, thresholdsOverrideProcessor, toDataFrame, transformDataFrame,
  unitOverrideProcessor, valueMappingsOverrideProcessor,
} from '@grafana/data';
import { firstValueFrom } from 'rxjs';

export type Labels = Record<string, string>;
export interface Target { refId: string; format: 'time_series' | 'table'; instant: boolean; legendFormat: string }
/** Of one query: for each series its labels and points, as seconds and value. */
export type Answer = Array<{ labels: Labels; points: Array<[number, number]> }>;
export interface Panel {
  id: number; type: string; title: string; description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets: Target[]; fieldConfig: FieldConfigSource; options: any; transformations?: DataTransformerConfig[];
}

const PROCESSORS: Record<string, unknown> = {
  unit: unitOverrideProcessor, min: numberOverrideProcessor, max: numberOverrideProcessor, decimals: numberOverrideProcessor,
  displayName: displayNameOverrideProcessor, fieldMinMax: identityOverrideProcessor, color: identityOverrideProcessor, thresholds: thresholdsOverrideProcessor,
  mappings: valueMappingsOverrideProcessor,
};
const CUSTOM = ['width', 'minWidth', 'align', 'cellOptions', 'filterable', 'inspect', 'lineStyle', 'drawStyle', 'fillOpacity'];

function fieldConfigRegistry() {
  const plain = Object.entries(PROCESSORS).map(([id, process]) => ({ id, path: id, name: id, process, shouldApply: () => true }));
  const custom = CUSTOM.map((path) => ({
    id: `custom.${path}`, path, name: path, isCustom: true, process: identityOverrideProcessor, shouldApply: () => true,
  }));
  return new Registry(() => [...plain, ...custom] as any);
}

const TRANSFORMERS = [standardTransformers.mergeTransformer, standardTransformers.organizeFieldsTransformer,
  standardTransformers.sortByTransformer];
standardTransformersRegistry.setInit(() => TRANSFORMERS.map((one) => (
  { id: one.id, name: one.name, transformation: one, editor: () => null, description: '' }
)) as any);
const registry = fieldConfigRegistry();

function legend(target: Target, labels: Labels): string {
  return target.legendFormat.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => labels[name] ?? '');
}

function seriesFrames(target: Target, answer: Answer): DataFrame[] {
  return answer.map(({ labels, points }) => toDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: points.map(([at]) => at * 1000), config: {} },
      { name: 'Value', type: FieldType.number, values: points.map(([, value]) => value), labels,
        config: { displayNameFromDS: legend(target, labels) } },
    ],
  }));
}

function tableFrame(target: Target, answer: Answer, several: boolean): DataFrame {
  const names = [...new Set(answer.flatMap(({ labels }) => Object.keys(labels)))].sort();
  const rows = answer.map(({ labels, points }) => ({ labels, point: points[points.length - 1] }));
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: rows.map(({ point }) => point[0] * 1000) },
      ...names.map((name) => ({ name, type: FieldType.string, values: rows.map(({ labels }) => labels[name] ?? '') })),
      { name: several ? `Value #${target.refId}` : 'Value', type: FieldType.number, values: rows.map(({ point }) => point[1]) },
    ],
  });
}

export async function framesOf(panel: Panel, answers: Record<string, Answer>, theme: GrafanaTheme2): Promise<DataFrame[]> {
  const several = panel.targets.length > 1;
  const raw = panel.targets.flatMap((target) => target.format === 'table'
    ? [tableFrame(target, answers[target.refId], several)] : seriesFrames(target, answers[target.refId]));
  const transformed = panel.transformations?.length
    ? await firstValueFrom(transformDataFrame(panel.transformations, raw)) : raw;
  return applyFieldOverrides({
    data: transformed, theme, timeZone: getTimeZone(), replaceVariables: (text: string) => text,
    fieldConfig: panel.fieldConfig as { defaults: any; overrides: ConfigOverrideRule[] }, fieldConfigRegistry: registry as any,
  });
}

export { createTheme };
