using Microsoft.AspNetCore.Builder;
using Pikku.Akka;

namespace Snippets;

public static class Commands
{
    public static async Task<int> Run(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddPikku(MinimalChannel.Wire);
        #region commands
        var app = builder.Build();
        app.MapPikku();
        return await app.RunPikkuAsync(args);
        #endregion
    }
}
