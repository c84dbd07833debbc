using System.CommandLine;
using System.Text.Json;
using Pikku.Akka.Inspection;

namespace Pikku.Akka.Cli;

/// <summary>The command <c>explain</c>: asks a running node why a user may or may not call an action or subscribe to a topic.</summary>
internal static class ExplainCommand
{
    private const int Denied = 1;

    public static Command Create(IServiceProvider services)
    {
        var user = new Option<string?>("--user") { Description = "The user." };
        var connection = new Option<string?>("--connection") { Description = "The id of a connection, instead of the user." };
        var channel = new Option<string>("--channel") { Description = "The name of the channel.", Required = true };
        var action = new Option<string?>("--action") { Description = "The action: its name, or routing key and value as command:run." };
        var topic = new Option<string?>("--topic") { Description = "The name of a topic, instead of the action." };
        var data = new Option<string?>("--data") { Description = "The data of the message as JSON, for permissions that use it." };
        var command = new Command("explain", "Explains with a running node why a user may or may not call an action or subscribe to a topic. The exit code is 0 if the call is allowed, "
            + "1 if it is denied, and 2 if that is not known or the node can't be asked.") { user, connection, channel, action, topic, data };
        var node = NodeClient.Options.AddTo(command);
        command.SetAction((call, cancellation) => node.RunAsync(call, async client =>
        {
            var body = new
            {
                channel = call.GetValue(channel), user = call.GetValue(user), connection = call.GetValue(connection), action = call.GetValue(action),
                topic = call.GetValue(topic), data = JsonOf(call.GetValue(data)),
            };
            var text = await client.AskAsync(HttpMethod.Post, "explain", body, cancellation);
            var explanation = InspectionJson.Read<Explanation>(text);
            var output = call.InvocationConfiguration.Output;
            if (call.GetValue(node.Json))
                await output.WriteLineAsync(text);
            else
                Write(explanation, output);
            return explanation.Verdict switch { Verdict.Allowed => 0, Verdict.Denied => Denied, _ => NodeClient.Failed };
        }));
        return command;
    }

    private static JsonElement? JsonOf(string? text)
    {
        try
        {
            return text is null ? null : JsonElement.Parse(text);
        }
        catch (JsonException e)
        {
            throw new NodeException($"--data is not JSON: {e.Message}", e);
        }
    }

    private static void Write(Explanation explanation, TextWriter output)
    {
        var what = explanation.Topic is { } topic ? $"topic {topic}" : $"action {explanation.Action}";
        output.WriteLine(explanation.Verdict switch
        {
            Verdict.Allowed => "allowed",
            Verdict.Denied => $"denied: {explanation.Error}",
            _ => "not known: a gate needs more input",
        });
        output.WriteLine($"{what} of channel {explanation.Channel}{(explanation.WiredAt is { } place ? $", wired at {place}" : "")}");
        output.WriteLine($"user {explanation.User ?? "(none)"}, {SessionOf(explanation)}, asked on {explanation.Node}");
        output.WriteLine();
        foreach (var gate in explanation.Gates)
        {
            Lines.Write(output, $"{OutcomeOf(gate.Outcome),-12}{gate.Kind,-11}{gate.Place,-12}", gate.Name);
            foreach (var part in gate.Parts ?? [])
                Lines.Write(output, $"{"",-14}{OutcomeOf(part.Outcome),-9}{"",-12}", part.Name);
            if (gate.Detail is { } detail)
                Lines.Write(output, new string(' ', 12), detail);
        }

        if (explanation.Middleware.Count > 0)
            Lines.Write(output, "\nNot run, and may refuse as well: ", $"middleware {string.Join(", ", explanation.Middleware)}");
    }

    private static string SessionOf(Explanation explanation) => explanation.Session switch
    {
        SessionSource.Live => $"session of connection {explanation.Connection}",
        SessionSource.Stored => "stored session, no connection",
        _ => explanation.Connection is { } id ? $"connection {id} without a session" : "no connection and no stored session",
    };

    private static string OutcomeOf(GateOutcome outcome) => outcome switch
    {
        GateOutcome.Allows => "allows",
        GateOutcome.Denies => "denies",
        GateOutcome.Threw => "threw",
        GateOutcome.NeedsInput => "needs input",
        _ => "not asked",
    };
}
