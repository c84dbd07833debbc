using System.Text.RegularExpressions;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>Checks what the channels of an application must not have in common, and what they must agree on.</summary>
/// <param name="app">The wiring.</param>
/// <param name="report">Receives the problems.</param>
internal sealed partial class ApplicationCheck(PikkuBuilder app, WiringReport report)
{
    /// <summary>Checks names, routes, and the declarations of topics and messages on all channels.</summary>
    public void CheckChannels()
    {
        CheckUnique(c => c.Name, "name", "give each channel a unique name, or extend the channel of another module with ConfigureChannel");
        // Two routes that differ only in the names of their parameters match the same requests.
        CheckUnique(c => ParameterName().Replace(c.Route.TrimEnd('/').ToUpperInvariant(), "{$1"), "route", "give each channel a unique route");
        CheckTopicTypes();
        CheckMessageNames();
    }

    /// <summary>
    /// Warns of middleware for tags that nothing has. This is no problem, because a module that several applications share may name a tag that only some of them use.
    /// </summary>
    /// <param name="functions">All functions of the application.</param>
    public void WarnOfUnusedTags(IEnumerable<FunctionDescriptor> functions)
    {
        var ofChannels = app.Channels.SelectMany(GateCompiler.TagsOf).ToHashSet(StringComparer.Ordinal);
        var ofBoth = ofChannels.Concat(functions.SelectMany(function => function.Tags))
            .Concat(app.Channels.SelectMany(channel => channel.AllActions).SelectMany(action => action.Gates.Tags))
            .Concat(app.Channels.SelectMany(channel => channel.Topics).SelectMany(topic => topic.Gates.Tags)).ToHashSet(StringComparer.Ordinal);
        foreach (var tag in app.TagMiddleware.Keys.Where(tag => !ofBoth.Contains(tag)))
            report.Warn($"AddMiddleware(\"{tag}\") has no effect: no channel and no function has this tag{Nearest(tag, ofBoth)}.");
        foreach (var tag in app.TagChannelMiddleware.Keys.Where(tag => !ofChannels.Contains(tag)))
            report.Warn($"AddChannelMiddleware(\"{tag}\") has no effect: no channel has this tag or name{Nearest(tag, ofChannels)}.");
    }

    private void CheckUnique(Func<ChannelDefinition, string> key, string what, string fix)
    {
        foreach (var group in app.Channels.GroupBy(key, StringComparer.Ordinal).Where(g => g.Count() > 1))
            report.Problem($"the channels {string.Join(" and ", group.Select(c => $"'{c.Name}'{WiringReport.PlaceOf(c)}"))}", $"have the same {what}; {fix}");
    }

    // Events are sent to the subscribers of a topic on every channel. If two channels declared different types for one topic, subscribers would receive events of
    // the wrong type.
    private void CheckTopicTypes()
    {
        var declarations = app.Channels
            .SelectMany(channel => channel.Topics, (channel, topic) => (Channel: channel.Name, topic.Name, topic.Payload))
            .Where(topic => !string.IsNullOrWhiteSpace(topic.Name) && !ScalarTypes.IsUntyped(topic.Payload));
        foreach (var topic in declarations.GroupBy(topic => topic.Name, StringComparer.Ordinal))
        {
            var types = topic.DistinctBy(declaration => declaration.Payload).ToArray();
            if (types.Length > 1)
                report.Problem($"the topic '{topic.Key}'", $"is declared as {string.Join(" and as ", types.Select(type => $"{type.Payload} by channel '{type.Channel}'"))}; use one type, or two topic names");
        }
    }

    // A message to a user is encoded once for the clients of all channels.
    private void CheckMessageNames()
    {
        var declarations = app.Channels.SelectMany(channel => channel.Messages, (channel, message) => (Channel: channel.Name, message.Type, message.Name));
        foreach (var message in declarations.GroupBy(message => message.Type))
        {
            var names = message.DistinctBy(declaration => declaration.Name, StringComparer.Ordinal).ToArray();
            if (names.Length > 1)
                report.Problem($"the message {message.Key}", $"is declared as {string.Join(" and as ", names.Select(name => $"'{name.Name}' by channel '{name.Channel}'"))}; use one name");
        }
    }

    private static string Nearest(string tag, HashSet<string> known) =>
        known.FirstOrDefault(other => string.Equals(other, tag, StringComparison.OrdinalIgnoreCase)) is { } other ? $"; tags are case-sensitive, and '{other}' exists" : "";

    [GeneratedRegex(@"(?<!\{)\{(\*{0,2})\w+")]
    private static partial Regex ParameterName();
}
