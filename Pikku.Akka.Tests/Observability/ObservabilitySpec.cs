using System.Diagnostics;
using System.Text.Json;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Pikku.Akka.Tests.Observability;

/// <summary>The dashboard and the alert rules in <c>deploy/observability</c> use names and labels that the exporter writes, in expressions that Prometheus understands.</summary>
public sealed class ObservabilitySpec
{
    private static readonly string s_rules = Repository.PathOf("deploy", "observability", "prometheus-alerts.yaml");

    private static readonly string[] s_texts = ["summary", "description"];

    public static TheoryData<string, string> Expressions
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (place, text) in OfTheDashboard().Concat(Alerts().Select(alert => (alert["alert"].ToString(), alert["expr"].ToString()))))
                data.Add(place, text);
            return data;
        }
    }

    public static TheoryData<string> AlertNames => new(Alerts().Select(alert => alert["alert"].ToString()));

    [Theory]
    [MemberData(nameof(Expressions))]
    public void Every_expression_can_be_parsed_and_reads_labels_that_its_metrics_have(string place, string text)
    {
        // As Grafana replaces its variables.
        var selectors = PromQl.Parse(text.Replace("$__rate_interval", "5m", StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal));

        Assert.NotEmpty(selectors);
        foreach (var selector in selectors)
        {
            Assert.True(PrometheusNames.All.TryGetValue(selector.Metric, out var labels), $"{place}: no instrument has the series {selector.Metric}.");
            Assert.Empty(selector.Labels.Except(labels));
        }
    }

    [Theory]
    [MemberData(nameof(AlertNames))]
    public void Every_alert_has_a_summary_a_description_a_severity_and_an_entry_of_the_runbook(string name)
    {
        var alert = Alerts().Single(alert => alert["alert"].ToString() == name);
        var runbook = alert["annotations"]["runbook"].ToString();

        Assert.NotEmpty(alert["annotations"]["summary"].ToString());
        Assert.NotEmpty(alert["annotations"]["description"].ToString());
        Assert.Contains(alert["labels"]["severity"].ToString(), (string[])["critical", "warning"]);
        Assert.StartsWith("docs/operating.md#", runbook, StringComparison.Ordinal);
        Assert.Contains(runbook.Split('#')[1], Runbook());
    }

    [Fact]
    public void Every_entry_of_the_runbook_belongs_to_an_alert() => Assert.Equal(
        Runbook().Order(StringComparer.Ordinal), Alerts().Select(alert => alert["annotations"]["runbook"].ToString().Split('#')[1]).Order(StringComparer.Ordinal));

    [Fact]
    public void The_annotations_use_labels_that_the_expression_keeps()
    {
        foreach (var alert in Alerts())
        {
            var kept = PromQl.Parse(alert["expr"].ToString()).SelectMany(selector => selector.Labels).ToHashSet();
            var isWhole = !alert["expr"].ToString().Contains("by (", StringComparison.Ordinal);
            foreach (var text in s_texts.Select(part => alert["annotations"][part].ToString()))
            {
                foreach (var label in text.Split("$labels.").Skip(1).Select(rest => rest.Split(' ')[0]))
                    Assert.True(isWhole || kept.Contains(label), $"{alert["alert"]} names the label {label}, which its expression does not keep.");
            }
        }
    }

    [Theory]
    [InlineData("rate(pikku_message_received_total)")]
    [InlineData("pikku_message_received_total[5m]")]
    [InlineData("sum by (channel (rate(pikku_message_received_total[5m]))")]
    [InlineData("sum(pikku_message_received_total[5m])")]
    [InlineData("histogram_quantile(0.9, sum by (channel) (rate(pikku_function_duration_seconds_bucket[5m])))")]
    [InlineData("histogram_quantile(0.9, sum by (le) (rate(pikku_function_duration_seconds_count[5m])))")]
    [InlineData("pikku_node_ready{instance} == 0")]
    [InlineData("pikku_node_ready == ")]
    [InlineData("pikku_node_ready == 0 0")]
    [InlineData("pikku_node_ready and 0")]
    [InlineData("pikku_node_ready; 0")]
    public void The_parser_refuses_what_Prometheus_refuses(string text) => Assert.Throws<FormatException>(() => PromQl.Parse(text));

    [Fact]
    public void The_dashboard_shows_each_part_of_a_node_and_each_panel_says_what_it_shows()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("deploy", "observability", "grafana-dashboard.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToArray();
        var shown = panels.Where(panel => panel.GetProperty("type").GetString() != "row").ToArray();

        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(shown, panel => Assert.NotEmpty(panel.GetProperty("description").GetString()!));
        Assert.All(shown, panel => Assert.Equal("${datasource}", panel.GetProperty("datasource").GetProperty("uid").GetString()));
        var read = OfTheDashboard().SelectMany(e => PromQl.Parse(e.Text.Replace("$__rate_interval", "5m", StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal)))
            .Select(selector => selector.Metric).ToHashSet();
        Assert.Superset(
            new HashSet<string>
            {
                "pikku_active_connections", "pikku_message_received_total", "pikku_function_duration_seconds_bucket", "pikku_message_time_in_queue_seconds_bucket",
                "pikku_event_hub_lag_seconds_bucket", "pikku_history_recoveries_total", "pikku_outbox_overflows_total", "pikku_history_size_bytes", "pikku_node_ready",
                "pikku_network_io_bytes_total",
            },
            read);
    }

    [SkippableFact]
    public async Task Promtool_accepts_the_rules()
    {
        Skip.IfNot(Directories().Any(folder => File.Exists(Path.Combine(folder, "promtool"))), "promtool is not installed; Debian's package prometheus has it.");
        using var promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "rules", s_rules]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (promtool.StandardOutput.ReadToEndAsync(), promtool.StandardError.ReadToEndAsync());
        await promtool.WaitForExitAsync();

        Assert.True(promtool.ExitCode == 0, $"{await output}{await errors}");
    }

    private static string[] Directories() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);

    private static IEnumerable<(string Place, string Text)> OfTheDashboard()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("deploy", "observability", "grafana-dashboard.json")));
        return
        [
            .. from panel in dashboard.RootElement.GetProperty("panels").EnumerateArray()
               where panel.TryGetProperty("targets", out _)
               from target in panel.GetProperty("targets").EnumerateArray()
               select ($"{panel.GetProperty("title").GetString()} {target.GetProperty("refId").GetString()}", target.GetProperty("expr").GetString()!),
        ];
    }

    private static IEnumerable<YamlNode> Alerts()
    {
        var yaml = new YamlStream();
        using var text = File.OpenText(s_rules);
        yaml.Load(text);
        return ((YamlSequenceNode)yaml.Documents.Single().RootNode["groups"][0]["rules"]).Children;
    }

    // The anchors of the entries: the headings of the section "Runbook".
    private static List<string> Runbook() =>
    [
        .. File.ReadAllText(Repository.PathOf("docs", "operating.md")).Split("\n## Runbook\n")[1].Split("\n## ")[0].Split('\n')
            .Where(line => line.StartsWith("### ", StringComparison.Ordinal)).Select(line => line[4..].ToLowerInvariant().Replace(' ', '-')),
    ];
}
