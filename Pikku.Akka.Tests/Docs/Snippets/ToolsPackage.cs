using Microsoft.AspNetCore.Builder;
#region tools-package
using Pikku.Akka;
#endregion

namespace Snippets.OfToolsPackage;

public static class ToolsPackage
{
    public static async Task<int> Run(string[] args)
    {
        #region tools-package
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddPikku(pikku => pikku.WireChannel("greetings", channel => channel
            .AllowAnonymous()
            .MapAction("greet", (Person person) => new Greeting($"Hello, {person.Name}!"))));
        var app = builder.Build();
        app.MapPikku();
        return await app.RunPikkuAsync(args);
        #endregion
    }
}

#region tools-package
public record Person(string Name);

public record Greeting(string Text);
#endregion
