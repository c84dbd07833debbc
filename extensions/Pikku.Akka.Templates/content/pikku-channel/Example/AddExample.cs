using Pikku.Akka;

namespace RootNamespace.Placeholder.Example;

/// <summary>The action "add": the input is validated before this code runs.</summary>
[PikkuFunction(Title = "Add", Tags = ["example-route"])]
public class AddExample : PikkuFunc<NewExampleEntry, ExampleEntry>
{
    public override async ValueTask<ExampleEntry> RunAsync(NewExampleEntry input, PikkuContext context, CancellationToken cancellationToken)
    {
        var entry = new ExampleEntry(Guid.CreateVersion7(), input.Text, context.Session?.UserId);
        await context.EventHub.PublishAsync(ExampleChannel.Added, entry);
        return entry;
    }
}
