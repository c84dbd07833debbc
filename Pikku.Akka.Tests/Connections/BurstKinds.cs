using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka.Tests.Connections;

/// <summary>The kinds of messages in a burst. All of them except <c>other</c> and <c>void</c> call the same function, so that they can run in one turn.</summary>
internal static class BurstKinds
{
    private static readonly FunctionDescriptor s_act = FunctionDescriptor.FromDelegate("act", (Delegate)Act);

    private static readonly PikkuMiddleware s_around = PikkuMiddleware.Of(async (_, next) =>
    {
        await Task.Yield();
        await next();
    });

    private static readonly PikkuMiddleware s_aroundThrows = PikkuMiddleware.Of((_, _) => throw new ConflictError());

    public static void Wire(ChannelBuilder channel)
    {
        foreach (var kind in (string[])["sync", "yield", "throw", "throwLate", "dispose"])
            channel.MapAction(kind, s_act);
        channel.MapAction("around", s_act).UseMiddleware(s_around);
        channel.MapAction("aroundThrows", s_act).UseMiddleware(s_aroundThrows);
        channel.MapAction("other", ([FromData] int n) => n);
        channel.MapAction("void", () => { });
    }

    public static void AddServices(IServiceCollection services) => services.AddScoped<SlowToDispose>();

    /// <summary>A message of a kind. The reply has the same text, except for <c>void</c> and for kinds that fail.</summary>
    public static string Message(string kind, int n) => kind == "malformed" ? kind : $$"""{"action":"{{kind}}","data":{{n}}}""";

    /// <summary>The expected reply: the whole reply, or the name of the error.</summary>
    public static string Answer(string kind, int n) => kind switch
    {
        "malformed" => "BadRequestError",
        "unknown" => "NotFoundError",
        "throw" or "throwLate" or "aroundThrows" => "ConflictError",
        "void" => """{"action":"void"}""",
        _ => Message(kind, n),
    };

    private static async ValueTask<int> Late(int n, bool fails)
    {
        await Task.Yield();
        return fails ? throw new ConflictError() : n;
    }

    private static ValueTask<int> Act([FromData] int n, PikkuContext context)
    {
        switch (context.Action)
        {
            case "yield" or "throwLate":
                return Late(n, fails: context.Action == "throwLate");
            case "throw":
                throw new ConflictError();
            case "dispose":
                context.Services.GetRequiredService<SlowToDispose>();
                break;
        }

        return ValueTask.FromResult(n);
    }

    private sealed class SlowToDispose : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Task.Yield();
    }
}
