using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka;

namespace Snippets;

public static class HttpApi
{
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);

        #region http-api
        builder.Services.AddAuthorizationBuilder().AddPolicy("operators", policy => policy.RequireRole("operator"));
        builder.Services.AddPikku(pikku => pikku.WireChannel("chat", ChatApiChannel.Wire));

        var app = builder.Build();
        app.MapPikku();
        app.MapPikkuApi("operators"); // under /api/pikku
        #endregion

        return app;
    }
}

/// <summary>The channel of docs/http-api.md.</summary>
public static class ChatApiChannel
{
    private static readonly Topic<int, ChatLine> Room = new("room:{number}");

    private static readonly PresenceTopic<int, ChatLine> Viewers = new("viewers:{number}");

    public static void Wire(ChannelBuilder channel)
    {
        channel.AddTopic(Room).AllowSubscribe().AllowAnonymous().WithHistory(100);
        channel.AddPresence(Viewers).AllowSubscribe().AllowAnonymous();
        channel.MapAction("join", (ChatLine line, PikkuContext context, IPikkuPresence presence) => presence.JoinAsync(Viewers.For(7), context.Channel.Id, line));
    }

    public sealed record ChatLine(string Text);
}
