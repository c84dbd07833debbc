using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka.Tests.Connections;

/// <summary>What a message may do. All kinds but <c>other</c> and <c>void</c> are one function, so that they may follow each other in one go.</summary>
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

    /// <summary>A message of a kind; all but the void and those that fail are answered with the same text.</summary>
    public static string Message(string kind, int n) => kind == "malformed" ? kind : $$"""{"action":"{{kind}}","data":{{n}}}""";

    /// <summary>What it is answered with: the whole reply, or the name of the error.</summary>
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
