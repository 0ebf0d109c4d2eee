// Rules, alerts and dashboards for those who keep theirs with jsonnet (0.18 or later: std.parseYaml). The YAML and JSON files
// beside this one are the product; what is here only gathers them.
//
//   local kpistream = import 'kpistream/deploy/mixin.libsonnet';
//   kpistream + { _config+:: { grafanaUrl: 'https://grafana.example.com' } }
//
// Where no grafanaUrl is given, links to dashboards begin with the external label grafana_url of Prometheus.
{
  local groups(texts) = { groups: std.flatMap(function(text) std.parseYaml(text).groups, texts) },

  _config:: {
    grafanaUrl: '{{ $externalLabels.grafana_url }}',
    runbookUrl: 'https://github.com/kpistream/kpistream/blob/main/docs/runbooks',
    thresholds: importstr 'prometheus/rules/thresholds.yaml',  // better what `kpistream rules` writes
  },

  prometheusRules+:: groups([importstr 'prometheus/rules/kpis.yaml', $._config.thresholds]),
  prometheusAlerts+:: groups([
    std.strReplace(
      std.strReplace(text, '{{ $externalLabels.grafana_url }}', $._config.grafanaUrl),
      'https://github.com/kpistream/kpistream/blob/main/docs/runbooks',
      $._config.runbookUrl
    )
    for text in [importstr 'prometheus/alerts/ops.yaml', importstr 'prometheus/alerts/sales.yaml']
  ]),
  // By a file name that keeps both languages apart.
  grafanaDashboards+:: {
    'kpistream-calls-en.json': import 'grafana/dashboards/en/calls.json',
    'kpistream-calls-ru.json': import 'grafana/dashboards/ru/calls.json',
    'kpistream-funnel-en.json': import 'grafana/dashboards/en/funnel.json',
    'kpistream-funnel-ru.json': import 'grafana/dashboards/ru/funnel.json',
    'kpistream-ingest-en.json': import 'grafana/dashboards/en/ingest.json',
    'kpistream-ingest-ru.json': import 'grafana/dashboards/ru/ingest.json',
    'kpistream-managers-en.json': import 'grafana/dashboards/en/managers.json',
    'kpistream-managers-ru.json': import 'grafana/dashboards/ru/managers.json',
    'kpistream-overview-en.json': import 'grafana/dashboards/en/overview.json',
    'kpistream-overview-ru.json': import 'grafana/dashboards/ru/overview.json',
  },
}
