using Microsoft.AspNetCore.Builder;
#region package
using Pikku.Akka;
#endregion

namespace Snippets.OfServerPackage;

public static class ServerPackage
{
    public static void Run(string[] args)
    {
        #region package
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddPikku(pikku => pikku.WireChannel("greetings", channel => channel
            .AllowAnonymous()
            .MapAction("greet", (Person person) => new Greeting($"Hello, {person.Name}!"))));
        var app = builder.Build();
        app.MapPikku();
        app.Run();
        #endregion
    }
}

#region package
public record Person(string Name);

public record Greeting(string Text);
#endregion
