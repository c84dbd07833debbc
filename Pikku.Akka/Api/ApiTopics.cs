using System.Text;
using System.Text.Json;
using Pikku.Akka.Functions.Input;

namespace Pikku.Akka.Api;

/// <summary>Publishes JSON to the topics that channels declare, as events of the declared type. Thread-safe.</summary>
/// <param name="hub">The hub.</param>
/// <param name="wiring">The channels.</param>
/// <param name="input">The input options of the application: an event of the API is read as the input of a function.</param>
/// <param name="services">The services for rules that need them.</param>
internal sealed class ApiTopics(IEventHub hub, PikkuBuilder wiring, InputOptions input, IServiceProvider services)
{
    private readonly Lazy<(TopicDeclaration Topic, Publisher Publisher)[]> _topics = new(() =>
        [.. wiring.Channels.SelectMany(channel => channel.Topics).Where(topic => topic.Problem is null).Select(topic => (topic, topic.Accept(new PublisherFactory(input))))]);

    /// <summary>Publishes an event. It does not end when its caller goes away, because a retry would publish the rest of a batch twice.</summary>
    /// <exception cref="NotFoundError">No channel declares the topic.</exception>
    /// <exception cref="UnprocessableContentError">The event does not fit the declared type, or breaks its rules.</exception>
    /// <exception cref="EventHubException">The hub has refused the event.</exception>
    public async Task PublishAsync(PublishRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Topic))
            throw new UnprocessableContentError("topic", "is required");
        if (request.Data.ValueKind == JsonValueKind.Undefined)
            throw new UnprocessableContentError("data", "is required");
        var (topic, publisher) = Array.Find(_topics.Value, one => one.Topic.Template is { } template ? template.Matches(request.Topic) : one.Topic.Name == request.Topic);
        if (topic is null)
            throw new NotFoundError($"No channel declares the topic '{request.Topic}'.");
        if (topic.Keyed is not null)
            throw new UnprocessableContentError("topic", "holds entries, whose events come from changes of them; it can't be published to");
        var options = new PublishOptions
        {
            ExceptChannelId = request.ExceptChannelId, Durability = request.Replicated ? EventDurability.Replicated : EventDurability.Local,
        };
        await publisher.PublishAsync(hub, request.Topic, request.Data, options, services);
    }

    private abstract class Publisher
    {
        public abstract Task PublishAsync(
            IEventHub hub, string topic, JsonElement data, PublishOptions options, IServiceProvider services);
    }

    private sealed class Publisher<TEvent>(InputReader<TEvent> reader) : Publisher
    {
        public override async Task PublishAsync(
            IEventHub hub, string topic, JsonElement data, PublishOptions options, IServiceProvider services)
        {
            var value = reader.Deserialize(Encoding.UTF8.GetBytes(data.GetRawText())); // as it was sent: the reader refuses text that is no valid Unicode
            await reader.ValidateAsync(value, services, CancellationToken.None);
            await hub.PublishAsync(new Topic<TEvent>(topic), value, options);
        }
    }

    private sealed class PublisherFactory(InputOptions input) : ITopicVisitor<Publisher>
    {
        public Publisher Visit<TEvent>(TopicDeclaration<TEvent> topic) => new Publisher<TEvent>(new InputReader<TEvent>(input));

        public Publisher Visit<TKey, TEvent>(TopicDeclaration<TKey, TEvent> topic) => new Publisher<TEvent>(new InputReader<TEvent>(input));
    }
}
