using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Pikku.Akka.Cluster;

namespace Pikku.Akka.Hosting;

/// <summary>The cluster report for operators: JSON, or for a browser a page that refreshes itself. The page has no scripts, so that it works with any content security policy.</summary>
internal static class ClusterPage
{
    public static async Task WriteAsync(HttpContext context, ClusterView view)
    {
        if (await LocalRequests.RefuseAsync(context))
            return;

        var report = await view.ReportAsync();
        context.Response.Headers.CacheControl = "no-store";
        if (context.Request.GetTypedHeaders().Accept.Any(accepted => accepted.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase)))
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            context.Response.Headers["Refresh"] = "2";
            await context.Response.WriteAsync(Html(report));
        }
        else
        {
            await context.Response.WriteAsJsonAsync(report, NodeReport.Json);
        }
    }

    private static string Html(ClusterReport report)
    {
        var html = new StringBuilder("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Cluster</title></head><body>");
        html.Append(CultureInfo.InvariantCulture, $"<h1>Cluster, seen from {Text(report.Self)}</h1>");
        if (report.Leader is { } leader)
            html.Append(CultureInfo.InvariantCulture, $"<p>Leader: {Text(leader)}. Unreachable: {(report.Unreachable.Count == 0 ? "none" : Text(string.Join(", ", report.Unreachable)))}.</p>");
        Table(html, "Nodes", ["node", "status", "roles", "connections", "channels", "topics", "subscriptions", "presence topics", "problem"], report.Nodes.Select(node => new[]
        {
            node.Node, node.Draining ? $"{node.Status}, draining" : node.Status, string.Join(", ", node.Roles), Number(node.Connections),
            string.Join(", ", node.Channels.OrderBy(channel => channel.Key, StringComparer.Ordinal).Select(channel => $"{channel.Key}: {channel.Value}")),
            Number(node.Topics), Number(node.Subscriptions), Number(node.PresenceTopics),
            node.Problem ?? "",
        }));
        Table(html, "Lanes of the event hub", ["node", "lane", "sent", "kept", "other node", "received", "lost", "held back", "linked", "ready"], report.Nodes.SelectMany(node => node.Lanes.SelectMany(lane => Lane(node, lane))));
        return html.Append("</body></html>").ToString();
    }

    private static IEnumerable<string[]> Lane(NodeReport node, LinkState lane) => lane.Peers.Select(peer => new[]
    {
        node.Node, Number(lane.Lane), Number(lane.Sequence), Number(lane.KeptEvents), peer.Node, Number(peer.Received), Number(peer.Lost), peer.HeldBack ? "yes" : "no",
        peer.Linked ? "yes" : "no", peer.Ready ? "yes" : "no",
    });

    private static void Table(StringBuilder html, string title, string[] columns, IEnumerable<string[]> rows)
    {
        html.Append(CultureInfo.InvariantCulture, $"<h2>{title}</h2><table border=\"1\" cellpadding=\"4\"><tr>");
        html.AppendJoin("", columns.Select(column => $"<th>{column}</th>"));
        html.Append("</tr>");
        foreach (var row in rows)
            html.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{Text(cell)}</td>")).Append("</tr>");
        html.Append("</table>");
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
