namespace Pikku.Akka.Tests.Cli;

internal sealed record Board(string Name);

internal sealed record Note(string Text);

[PikkuFunction(Title = "Create a note", Tags = ["audited"])]
[RequirePermission<Calm>]
internal sealed class CreateNote : PikkuSessionlessFunc<Note, Note>
{
    public override async ValueTask<Note> RunAsync(Note input, PikkuContext context, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return input;
    }
}

internal sealed class Calm : IPikkuPermission
{
    public ValueTask<bool> AllowsAsync(PikkuContext context, CancellationToken cancellationToken) => ValueTask.FromResult(true);
}

internal sealed class Audit : IPikkuMiddleware
{
    public ValueTask InvokeAsync(PikkuContext context, PikkuNext next) => next();
}
